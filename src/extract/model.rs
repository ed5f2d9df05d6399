//! Gradient-boosted decision trees over whole numbers: a few lines of code and a table.

/// Units of a score per unit of log-odds.
pub const SCALE: i32 = 1024;

/// An inner node: go left when the number is at most the bound. Children below zero are leaves (`!child`).
#[derive(Debug, Clone, Copy)]
struct Split {
    feature: u16,
    bound: i16,
    left: i16,
    right: i16,
}

/// A tree as it is walked.
#[derive(Debug)]
struct Tree {
    /// The splits, then one node per leaf that leads to itself: every walk may take as many steps as the deepest.
    nodes: Vec<Split>,
    /// The values of the leaves.
    leaves: Vec<i32>,
    /// Most splits on a way to a leaf.
    depth: u32,
}

/// A trained model.
#[derive(Debug)]
pub struct Model {
    trees: Vec<Tree>,
}

impl Model {
    /// Reads the text form: one tree per line, `feature,bound,left,right` per split, then `;`, then the leaf values
    /// in 1/[`SCALE`] log-odds. `None` when a line is malformed or points outside its tree or `width` numbers.
    #[must_use]
    pub fn parse(text: &str, width: usize) -> Option<Self> {
        let mut trees = Vec::new();
        for line in text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
            let (splits, leaves) = line.split_once(';')?;
            let mut nodes = Vec::new();
            for split in splits.split_ascii_whitespace() {
                let mut fields = split.split(',');
                let mut next = || fields.next();
                nodes.push(Split {
                    feature: next()?.parse().ok()?,
                    bound: next()?.parse().ok()?,
                    left: next()?.parse().ok()?,
                    right: next()?.parse().ok()?,
                });
            }
            let leaves = leaves.split_ascii_whitespace().map(|l| l.parse().ok()).collect::<Option<Vec<i32>>>()?;
            trees.push(Tree::new(nodes, leaves, width)?);
        }
        Some(Self { trees })
    }

    /// The scores of rows of `width` numbers each, in 1/[`SCALE`] log-odds, appended to `out`.
    pub fn score_all(&self, rows: &[i16], width: usize, out: &mut Vec<i32>) {
        let from = out.len();
        out.resize(from + rows.len() / width, 0);
        // Tree by tree over a few rows at a time: both stay in the fastest cache.
        for (rows, sums) in rows.chunks(width * BATCH).zip(out[from..].chunks_mut(BATCH)) {
            for tree in &self.trees {
                let mut lanes = sums.chunks_exact_mut(LANES);
                let mut many = rows.chunks_exact(width * LANES);
                for (sums, rows) in lanes.by_ref().zip(many.by_ref()) {
                    tree.add_lanes(rows, width, sums);
                }
                for (sum, row) in lanes.into_remainder().iter_mut().zip(many.remainder().chunks(width)) {
                    *sum += tree.score(row);
                }
            }
        }
    }

    /// The score of one row, in 1/[`SCALE`] log-odds.
    #[must_use]
    pub fn score(&self, row: &[i16]) -> i32 {
        self.trees.iter().map(|tree| tree.score(row)).sum()
    }
}

/// Rows scored together; see [`Model::score_all`].
const BATCH: usize = 64;

/// Rows walked side by side: their steps do not wait for each other.
const LANES: usize = 8;

impl Tree {
    /// `None` unless every child lies inside the tree and after its parent, so that a walk always ends at a leaf.
    fn new(mut nodes: Vec<Split>, leaves: Vec<i32>, width: usize) -> Option<Self> {
        let splits = nodes.len();
        let total = i16::try_from(splits + leaves.len()).ok()?;
        let place = |at: usize, child: i16| {
            let leaf = usize::from(!child as u16);
            if child < 0 {
                (leaf < leaves.len()).then_some(splits as i16 + leaf as i16)
            } else {
                (child as usize > at && (child as usize) < splits).then_some(child)
            }
        };
        for (at, node) in nodes.iter_mut().enumerate() {
            if usize::from(node.feature) >= width {
                return None;
            }
            (node.left, node.right) = (place(at, node.left)?, place(at, node.right)?);
        }
        let mut depth = vec![0_u32; splits];
        for at in 0..splits {
            for child in [nodes[at].left as usize, nodes[at].right as usize] {
                if child < splits {
                    depth[child] = depth[child].max(depth[at] + 1);
                }
            }
        }
        nodes.extend((splits as i16..total).map(|at| Split { feature: 0, bound: 0, left: at, right: at }));
        let depth = depth.iter().max()? + 1;
        Some(Self { nodes, leaves, depth })
    }

    fn step(&self, at: i16, row: &[i16]) -> i16 {
        let node = self.nodes[at as usize];
        if row[usize::from(node.feature)] <= node.bound { node.left } else { node.right }
    }

    fn value(&self, at: i16) -> i32 {
        self.leaves[at as usize + self.leaves.len() - self.nodes.len()]
    }

    fn score(&self, row: &[i16]) -> i32 {
        self.value((0..self.depth).fold(0, |at, _| self.step(at, row)))
    }

    /// Adds the scores of [`LANES`] rows.
    fn add_lanes(&self, rows: &[i16], width: usize, sums: &mut [i32]) {
        let mut at = [0_i16; LANES];
        for _ in 0..self.depth {
            for (at, row) in at.iter_mut().zip(rows.chunks_exact(width)) {
                *at = self.step(*at, row);
            }
        }
        for (sum, at) in sums.iter_mut().zip(at) {
            *sum += self.value(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_add_up() {
        let model = Model::parse("# two trees\n0,5,-1,1 1,0,-2,-3;10 20 30\n1,3,-1,-2;-7 100\n", 2).unwrap();
        assert_eq!(model.score(&[5, 3]), 3);
        assert_eq!(model.score(&[6, 0]), 13);
        assert_eq!(model.score(&[6, 4]), 130);
        let rows: Vec<i16> = (0..150).flat_map(|i| [[5, 3], [6, 0], [6, 4]][i % 3]).collect();
        let mut many = vec![1];
        model.score_all(&rows, 2, &mut many);
        assert_eq!(many[1..], [3, 13, 130].repeat(50));
    }

    #[test]
    fn bad_models_are_refused() {
        for bad in ["0,5,-1,0;1 2", "0,5,-1,-4;1 2", "7,5,-1,-2;1 2", "0,5;1", "0,5,-1,-2", ";1"] {
            assert!(Model::parse(bad, 2).is_none(), "{bad}");
        }
    }
}
