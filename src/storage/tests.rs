use super::renamed::FileSystem;
use super::*;
use std::io::Write;
use std::sync::Arc;

fn folder(memory: &Memory) -> Folder {
    Folder::new(Arc::new(memory.clone()), "run")
}

#[test]
fn a_file_is_invisible_until_sealed_and_never_replaced() {
    let memory = Memory::default();
    let medium = folder(&memory);
    let mut pending = medium.create("a/b").unwrap();
    pending.write_all(b"one").unwrap();
    assert_eq!(medium.stat("a/b").unwrap(), None);
    let sealed = pending.seal().unwrap();
    assert_eq!((sealed.path.as_str(), sealed.bytes), ("a/b", 3));
    assert_eq!(sealed.blake3, blake3::hash(b"one").to_hex().to_string());
    medium.put("a/b", b"two").unwrap();
    assert_eq!(medium.read("a/b").unwrap(), b"one");
    assert_eq!(memory.snapshot().len(), 1, "the loser leaves no temporary file");
}

#[test]
fn dropping_unsealed_leaves_nothing() {
    let memory = Memory::default();
    drop(folder(&memory).create("x").unwrap());
    assert!(memory.snapshot().is_empty());
}

#[test]
fn a_crash_at_any_call_leaves_the_whole_file_or_none() {
    let clean = Memory::default();
    folder(&clean).put("a", b"content").unwrap();
    let calls = clean.calls();
    assert!(calls >= 5, "create, write, sync, rename and folder sync are separate calls");
    for k in 1..=calls {
        let memory = Memory::default().with_trouble(Trouble::CrashAt(k));
        assert!(folder(&memory).put("a", b"content").is_err());
        let left = memory.after_crash().snapshot();
        for (name, bytes) in left.iter().filter(|(name, _)| !name.ends_with(".tmp")) {
            assert_eq!((name.as_str(), bytes.as_slice()), ("run/a", b"content".as_slice()), "crash at {k}");
        }
    }
    assert_eq!(clean.after_crash().snapshot()["run/a"], b"content", "a sealed file survives");
}

#[test]
fn unsynced_bytes_and_names_are_forgotten() {
    let memory = Memory::default();
    let mut file = memory.create_raw("run/raw").unwrap();
    file.write_all(b"lost").unwrap();
    assert!(memory.after_crash().snapshot().is_empty());
    memory.sync_folder("run").unwrap();
    assert_eq!(memory.after_crash().snapshot()["run/raw"], b"", "the name lives, the bytes do not");
}

#[test]
fn a_failure_names_the_file_and_the_way_out() {
    let memory = Memory::default().with_trouble(Trouble::FailFrom(1, std::io::ErrorKind::StorageFull));
    let error = folder(&memory).put("a", b"x").unwrap_err().to_string();
    assert!(error.contains("`run/a`") && error.contains("free some space"), "{error}");
}

#[test]
fn names_of_sealed_files_are_durable_once_their_folder_is_settled() {
    let memory = Memory::default();
    let medium = folder(&memory);
    medium.put_unsettled("w/a", b"one").unwrap();
    medium.put_unsettled("w/b", b"two").unwrap();
    assert_eq!(medium.read("w/a").unwrap(), b"one");
    assert!(memory.after_crash().snapshot().is_empty(), "nobody synced the folder");
    medium.settle("w").unwrap();
    let left = memory.after_crash().snapshot();
    assert_eq!(left.values().map(Vec::as_slice).collect::<Vec<_>>(), [b"one", b"two"], "{:?}", left.keys());
}

#[test]
fn a_lock_names_its_holder_and_is_let_go() {
    let memory = Memory::default();
    let medium = folder(&memory);
    let held = medium.lock("LOCK", "process 7").unwrap();
    assert!(held.is_ok());
    assert_eq!(medium.lock("LOCK", "process 8").unwrap().err().unwrap(), "process 7");
    drop(held);
    assert!(medium.lock("LOCK", "process 8").unwrap().is_ok());
}

#[test]
fn the_real_file_system_seals_and_locks_alike() {
    let base = std::env::temp_dir().join(format!("gristmill-storage-{}", std::process::id()));
    let medium = Folder::new(Arc::new(Real), base.to_str().unwrap());
    medium.put("a/b", b"one").unwrap();
    medium.put("a/b", b"two").unwrap();
    assert_eq!(medium.read("a/b").unwrap(), b"one");
    medium.replace("a/b", b"three").unwrap();
    let mut part = [0; 3];
    medium.open_ranged("a/b").unwrap().read_at(2, &mut part).unwrap();
    assert_eq!(&part, b"ree");
    let names: Vec<String> = medium.list("a").unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["b"]);
    let held = medium.lock("LOCK", "me").unwrap();
    assert!(held.is_ok() && medium.lock("LOCK", "you").unwrap().is_err());
    medium.remove_folder("").unwrap();
    assert_eq!(medium.stat("a/b").unwrap(), None);
}
