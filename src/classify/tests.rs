use super::subword::{Modulo, each_bucket, hash};
use super::tree;
use proptest::prelude::*;

#[test]
fn hash_is_the_signed_fnv_of_the_reference() {
    // FNV-1a of ASCII text is the published one (offset basis and the test vector of "a" and "foobar").
    assert_eq!(hash(b""), 0x811C_9DC5);
    assert_eq!(hash(b"a"), 0xE40C_292C);
    assert_eq!(hash(b"foobar"), 0xBF9C_F968);
    // Bytes above 127 are sign-extended before the exclusive or, so the result differs from the published hash.
    assert_eq!(hash(&[0xE9]), (0x811C_9DC5u32 ^ 0xFFFF_FFE9).wrapping_mul(16_777_619));
}

#[test]
fn subwords_are_characters_not_bytes() {
    let modulo = Modulo::new(u32::MAX);
    let mut found = Vec::new();
    each_bucket("<né>".as_bytes(), 1, 2, modulo, |bucket| found.push(bucket));
    let wanted = ["<n", "n", "né", "é", "é>"].map(|gram| modulo.of(hash(gram.as_bytes())));
    assert_eq!(found, wanted);
}

#[test]
fn huffman_tree_joins_the_rarest_first() {
    let tree = tree::build(&[10, 4, 3, 1]);
    // 1 + 3 -> 4; then that node and label 1 tie at 4 and the node stands first, as in the reference; then 8 + 10.
    assert_eq!((tree[4].left, tree[4].right), (3, 2));
    assert_eq!((tree[5].left, tree[5].right), (4, 1));
    assert_eq!((tree[6].left, tree[6].right), (5, 0));
    assert_eq!(tree::build(&[7]).len(), 1);
    assert_eq!(tree::build(&[]).len(), 0);
}

proptest! {
    #[test]
    fn modulo_is_exact(n in any::<u32>(), d in 1u32..) {
        prop_assert_eq!(Modulo::new(d).of(n), n % d);
    }

    #[test]
    fn any_bytes_are_refused_or_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut whole = 793_712_314i32.to_le_bytes().to_vec();
        whole.extend(12i32.to_le_bytes());
        whole.extend(bytes);
        prop_assert!(super::FastText::from_bytes(&whole).is_err());
    }
}
