use super::super::{Anywhere, Folder, Medium};
use super::*;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};

fn store() -> (Arc<Objects>, Folder) {
    let objects = Arc::new(Objects::in_memory(&["s3://b"]));
    let folder = Folder::new(Arc::<Objects>::clone(&objects), "s3://b/run");
    (objects, folder)
}

/// Bytes in which no two blocks are alike.
fn long(bytes: u32) -> Vec<u8> {
    (0..bytes / 4).flat_map(u32::to_le_bytes).collect()
}

#[test]
fn a_file_is_invisible_until_sealed_and_never_replaced() {
    let (_, out) = store();
    let mut pending = out.create("a/b").unwrap();
    pending.write_all(b"one").unwrap();
    assert_eq!(out.stat("a/b").unwrap(), None);
    assert_eq!(pending.seal().unwrap().bytes, 3);
    out.put("a/b", b"two").unwrap();
    assert_eq!(out.read("a/b").unwrap(), b"one");
    out.replace("a/b", b"three").unwrap();
    assert_eq!(out.read("a/b").unwrap(), b"three");
    drop(out.create("a/c").unwrap());
    let names: Vec<_> = out.list("a").unwrap().into_iter().map(|(name, stat)| (name, stat.folder)).collect();
    assert_eq!(names, [("b".to_owned(), false)]);
    assert!(out.stat("a").unwrap().unwrap().folder);
    out.remove_folder("").unwrap();
    assert_eq!((out.stat("a/b").unwrap(), out.list("").unwrap()), (None, Vec::new()));
}

#[test]
fn an_upload_in_parts_arrives_whole_and_never_replaces() {
    let (_, out) = store();
    let content = long(20 << 20);
    let sealed = out.put("big", &content).unwrap();
    assert_eq!(sealed.blake3, blake3::hash(&content).to_hex().to_string());
    assert!(out.read("big").unwrap() == content);
    let mut other = content.clone();
    other[5] ^= 1;
    out.put("big", &other).unwrap();
    assert!(out.read("big").unwrap() == content, "the first one stays");
    let mut dropped = out.create("never").unwrap();
    dropped.write_all(&content).unwrap();
    drop(dropped);
    let names: Vec<_> = out.list("").unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["big"], "nothing temporary is left");
}

#[test]
fn reading_begins_anywhere_and_ends_at_the_end() {
    let (_, out) = store();
    let content = long(11 << 20);
    out.put("x", &content).unwrap();
    for offset in [0, 1, (256 << 10) - 1, 256 << 10, 5 << 20, content.len() - 1, content.len(), content.len() + 9] {
        let mut rest = Vec::new();
        out.open("x", offset as u64).unwrap().read_to_end(&mut rest).unwrap();
        assert!(rest == content[offset.min(content.len())..], "from {offset}");
    }
    let ranged = out.open_ranged("x").unwrap();
    assert_eq!(ranged.bytes(), content.len() as u64);
    let mut part = vec![0; 10 << 20];
    ranged.read_at(77, &mut part).unwrap();
    assert!(part == content[77..77 + part.len()]);
    for offset in [3, 90, 128 << 10, (128 << 10) - 2, 5, 10 << 20, content.len() - 9] {
        let mut short = [0; 9];
        ranged.read_at(offset as u64, &mut short).unwrap();
        assert_eq!(short, content[offset..offset + 9], "at {offset}");
    }
    let past = ranged.read_at(content.len() as u64 - 1, &mut [0; 2]).unwrap_err();
    assert_eq!(past.kind(), io::ErrorKind::UnexpectedEof);
    out.put("empty", b"").unwrap();
    assert!(out.read("empty").unwrap().is_empty());
    assert_eq!(out.open("none", 0).err().unwrap().source.kind(), io::ErrorKind::NotFound);
}

#[test]
fn a_lease_names_its_holder_is_let_go_and_expires() {
    let (objects, out) = store();
    let held = out.lock("work/LOCK", "process 7").unwrap();
    assert!(held.is_ok());
    assert_eq!(out.lock("work/LOCK", "process 8").unwrap().err().unwrap(), "process 7");
    assert_eq!(out.lock_shared("work/LOCK").unwrap().err().unwrap(), "process 7");
    drop(held);
    let held = out.lock("work/LOCK", "process 8").unwrap().unwrap();
    // A dead owner: its lease stands and is not renewed.
    let (dead, path) = (out.read("work/LOCK").unwrap(), "work/DEAD");
    out.replace(path, &dead).unwrap();
    assert_eq!(out.lock(path, "process 9").unwrap().err().unwrap(), "process 8");
    objects.ticks.fetch_add(lease::EXPIRY - 2, Ordering::Relaxed);
    assert!(out.lock(path, "process 9").unwrap().is_err(), "not yet");
    objects.ticks.fetch_add(2, Ordering::Relaxed);
    assert!(out.lock(path, "process 9").unwrap().is_ok(), "now it counts as dead");
    drop(held);
}

#[test]
fn a_lease_that_beats_does_not_expire() {
    let (objects, out) = store();
    let held = out.lock("LOCK", "process 7").unwrap().unwrap();
    assert!(out.lock("LOCK", "process 8").unwrap().is_err());
    std::thread::sleep(Duration::from_secs(lease::BEAT + 1));
    objects.ticks.fetch_add(lease::EXPIRY, Ordering::Relaxed);
    assert!(out.lock("LOCK", "process 8").unwrap().is_err(), "it was written anew since it was first seen");
    drop(held);
}

#[test]
fn workers_share_a_lock_and_keep_others_out() {
    let (_, out) = store();
    let first = out.lock_shared("LOCK").unwrap().unwrap();
    let second = out.lock_shared("LOCK").unwrap().unwrap();
    assert_eq!(out.lock("LOCK", "process 7").unwrap().err().unwrap(), "workers");
    drop((first, second));
    assert!(out.lock("LOCK", "process 7").unwrap().is_ok());
}

#[test]
fn a_log_has_an_object_for_each_attempt() {
    let (_, out) = store();
    for line in ["one\n", "two\n"] {
        let mut log = out.append("run.log.jsonl").unwrap();
        log.write_all(line.as_bytes()).unwrap();
        log.flush().unwrap();
    }
    assert_eq!(out.read("run.log.jsonl/00000").unwrap(), b"one\n");
    assert_eq!(out.read("run.log.jsonl/00001").unwrap(), b"two\n");
}

#[test]
fn what_a_server_says_is_said_in_one_line() {
    let line =
        "403: <?xml version=\"1.0\"?> <Error><Code>ExpiredToken</Code><Message>It expired.</Message><X>y</X></Error>";
    assert_eq!(answer::without_markup(line), "403: ExpiredToken: It expired.");
    assert_eq!(answer::without_markup("a < b"), "a < b");
}

/// What a made-up web server does with the n-th request.
type Behave = fn(n: usize, from: usize, to: usize, content: &[u8], to_client: &mut TcpStream) -> io::Result<()>;

fn answer(from: usize, to: usize, content: &[u8], client: &mut TcpStream) -> io::Result<()> {
    let to = to.min(content.len());
    let head = format!(
        "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes {from}-{}/{}\r\nETag: \"x\"\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\nConnection: close\r\n\r\n",
        to - from,
        to - 1,
        content.len()
    );
    client.write_all(head.as_bytes())?;
    client.write_all(&content[from..to])
}

fn status(status: &str, client: &mut TcpStream) -> io::Result<()> {
    write!(client, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

/// Serves `content` at any path, badly. Gives the address.
fn serve(content: Vec<u8>, behave: Behave) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for (n, client) in listener.incoming().enumerate() {
            let mut client = client.unwrap();
            let mut range = (0, content.len());
            let mut lines = BufReader::new(client.try_clone().unwrap()).lines();
            while let Some(Ok(line)) = lines.next().filter(|line| line.as_ref().is_ok_and(|line| !line.is_empty())) {
                if let Some(bytes) = line.to_ascii_lowercase().strip_prefix("range: bytes=") {
                    let (from, to) = bytes.split_once('-').unwrap();
                    range = (from.parse().unwrap(), to.parse::<usize>().unwrap() + 1);
                }
            }
            // A client that has gone is no matter.
            let _ = behave(n, range.0, range.1, &content, &mut client);
        }
    });
    format!("http://{address}")
}

/// Files as a process sees them that tries again for two seconds.
fn hasty() -> Anywhere {
    let environment = [("GRISTMILL_RETRY_SECONDS".to_owned(), "2".to_owned())];
    Anywhere::new(Environment::new(environment))
}

fn read(files: &Anywhere, path: &str) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    files.open(path, 0)?.read_to_end(&mut out)?;
    Ok(out)
}

#[test]
fn busy_servers_and_cut_connections_are_tried_again() {
    let content = long(3 << 20);
    let url = serve(content.clone(), |n, from, to, content, client| match n % 3 {
        0 => status("503 Slow Down", client),
        1 if to - from > 1000 => {
            let length = (to.min(content.len()) - from) / 2;
            // Half of what was promised, and then nothing.
            let mut half = Vec::new();
            write!(
                half,
                "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes {from}-{}/{}\r\nETag: \"x\"\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n\r\n",
                to.min(content.len()) - from,
                to.min(content.len()) - 1,
                content.len()
            )?;
            half.extend(&content[from..from + length]);
            client.write_all(&half)
        }
        _ => answer(from, to, content, client),
    });
    let files = Anywhere::new(Environment::default());
    assert!(read(&files, &format!("{url}/a/b.gz")).unwrap() == content);
    assert_eq!(files.stat(&format!("{url}/a/b.gz")).unwrap().unwrap().bytes, content.len() as u64);
}

#[test]
fn a_server_that_stays_busy_ends_in_an_error_that_names_it() {
    let url = serve(long(4000), |_, _, _, _, client| status("503 Slow Down", client));
    let path = format!("{url}/x?X-Amz-Signature=topsecret");
    let error = Folder::new(Arc::new(hasty()), "").read(&path).unwrap_err().to_string();
    assert!(error.contains(&url) && error.contains("503"), "{error}");
    assert!(!error.contains("topsecret") && error.contains("X-Amz-Signature=***"), "{error}");
}

#[test]
fn a_refusal_is_not_tried_again() {
    let url = serve(long(4000), |n, from, to, content, client| match n {
        0 => status("403 Forbidden", client),
        _ => answer(from, to, content, client),
    });
    let error = Folder::new(Arc::new(hasty()), "").read(&format!("{url}/x")).unwrap_err();
    assert_eq!(error.source.kind(), io::ErrorKind::PermissionDenied);
    assert!(error.to_string().contains("credentials"), "{error}");
}

#[test]
fn a_missing_file_is_missing_and_folders_are_not_listed() {
    let url = serve(Vec::new(), |_, _, _, _, client| status("404 Not Found", client));
    let files = hasty();
    assert_eq!(files.stat(&format!("{url}/x")).unwrap(), None);
    assert!(files.list(&url).unwrap_err().to_string().contains("name each file"));
    assert!(files.create(&format!("{url}/x")).is_err(), "web servers are read alone");
    assert!(files.stat("ftp://h/x").unwrap_err().to_string().contains("s3://"));
}

#[test]
fn the_hub_lists_and_serves() {
    // One server is both: the listing comes where no range is asked for.
    static LISTINGS: AtomicU64 = AtomicU64::new(0);
    let url = serve(b"{\"text\":\"x\"}\n".to_vec(), |_, from, to, content, client| {
        if (from, to) != (0, content.len()) {
            return answer(from, to, content, client);
        }
        LISTINGS.fetch_add(1, Ordering::Relaxed);
        let list = "[{\"type\":\"directory\",\"path\":\"d/e\",\"oid\":\"1\",\"size\":0},{\"type\":\"file\",\"path\":\"d/a.jsonl\",\"oid\":\"2\",\"size\":13}]";
        write!(client, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{list}", list.len())
    });
    let files = Anywhere::new(Environment::new([("HF_ENDPOINT".to_owned(), url)]));
    let listed = files.list("hf://datasets/o/n@v1/d").unwrap();
    let names: Vec<_> = listed.iter().map(|(name, stat)| (name.as_str(), stat.bytes, stat.folder)).collect();
    assert_eq!(names, [("a.jsonl", 13, false), ("e", 0, true)]);
    assert_eq!(read(&files, "hf://datasets/o/n@v1/d/a.jsonl").unwrap(), b"{\"text\":\"x\"}\n");
    assert_eq!(files.stat("hf://datasets/o/n@v1/d/none").unwrap(), None);
    assert!(files.stat("hf://datasets/o").is_err());
    let before = LISTINGS.load(Ordering::Relaxed);
    assert!(before >= 2);
    assert_eq!(files.open_ranged("hf://datasets/o/n@v1/d/a.jsonl").unwrap().bytes(), 13);
    assert_eq!(LISTINGS.load(Ordering::Relaxed), before, "a file's size needs no listing");
}
