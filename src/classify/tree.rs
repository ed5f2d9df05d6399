/// Count given to inner nodes before they are built (`1e15` in the reference).
const UNBUILT: i64 = 1_000_000_000_000_000;

/// One node of the Huffman tree of hierarchical softmax.
#[derive(Clone, Copy)]
pub(super) struct Node {
    pub(super) left: i32,
    pub(super) right: i32,
    count: i64,
}

/// The Huffman tree over label counts, as `HierarchicalSoftmaxLoss::buildTree` builds it: leaves `0..n` are the labels,
/// the root is the last node. `counts` are sorted downwards by the trainer; the result is a tree for any order.
pub(super) fn build(counts: &[i64]) -> Vec<Node> {
    let n = counts.len();
    let mut tree = vec![Node { left: -1, right: -1, count: UNBUILT }; (2 * n).saturating_sub(1)];
    for (node, &count) in tree.iter_mut().zip(counts) {
        node.count = count;
    }
    let mut leaves = n; // leaves `0..leaves` are not yet in the tree
    let mut inner = n; // nodes from `inner` on have no parent yet
    for parent in n..tree.len() {
        let mut children = [0; 2];
        for child in &mut children {
            if leaves > 0 && (inner >= parent || tree[leaves - 1].count < tree[inner].count) {
                leaves -= 1;
                *child = leaves;
            } else {
                *child = inner;
                inner += 1;
            }
        }
        let [left, right] = children;
        tree[parent] =
            Node { left: left as i32, right: right as i32, count: tree[left].count.saturating_add(tree[right].count) };
    }
    tree
}
