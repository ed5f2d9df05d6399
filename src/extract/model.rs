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

/// A trained model.
#[derive(Debug)]
pub struct Model {
    splits: Vec<Split>,
    leaves: Vec<i32>,
    /// Where each tree's splits and leaves start.
    trees: Vec<(u32, u32)>,
}

impl Model {
    /// Reads the text form: one tree per line, `feature,bound,left,right` per split, then `;`, then the leaf values
    /// in 1/[`SCALE`] log-odds. `None` when a line is malformed or points outside its tree or `width` numbers.
    #[must_use]
    pub fn parse(text: &str, width: usize) -> Option<Self> {
        let mut model = Self { splits: Vec::new(), leaves: Vec::new(), trees: Vec::new() };
        for line in text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
            let (splits, leaves) = line.split_once(';')?;
            let first = (model.splits.len() as u32, model.leaves.len() as u32);
            model.trees.push(first);
            for split in splits.split_ascii_whitespace() {
                let mut fields = split.split(',');
                let mut next = || fields.next();
                let split = Split {
                    feature: next()?.parse().ok()?,
                    bound: next()?.parse().ok()?,
                    left: next()?.parse().ok()?,
                    right: next()?.parse().ok()?,
                };
                model.splits.push(split);
            }
            for leaf in leaves.split_ascii_whitespace() {
                model.leaves.push(leaf.parse().ok()?);
            }
            model.check(first, width)?;
        }
        Some(model)
    }

    /// Every child lies inside the tree and after its parent, so that a walk always ends.
    fn check(&self, (first, leaf): (u32, u32), width: usize) -> Option<()> {
        let splits = &self.splits[first as usize..];
        let leaves = self.leaves.len() - leaf as usize;
        let good = |at: usize, child: i16| {
            if child < 0 {
                usize::from(!child as u16) < leaves
            } else {
                child as usize > at && (child as usize) < splits.len()
            }
        };
        let fine = splits
            .iter()
            .enumerate()
            .all(|(at, s)| usize::from(s.feature) < width && good(at, s.left) && good(at, s.right));
        (fine && !splits.is_empty()).then_some(())
    }

    /// The score of one row, in 1/[`SCALE`] log-odds.
    #[must_use]
    pub fn score(&self, row: &[i16]) -> i32 {
        let mut sum = 0;
        for (first, leaf) in &self.trees {
            let splits = &self.splits[*first as usize..];
            let mut at = 0_i16;
            while at >= 0 {
                let split = splits[at as usize];
                at = if row[usize::from(split.feature)] <= split.bound { split.left } else { split.right };
            }
            sum += self.leaves[*leaf as usize + usize::from(!at as u16)];
        }
        sum
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
    }

    #[test]
    fn bad_models_are_refused() {
        for bad in ["0,5,-1,0;1 2", "0,5,-1,-4;1 2", "7,5,-1,-2;1 2", "0,5;1", "0,5,-1,-2", ";1"] {
            assert!(Model::parse(bad, 2).is_none(), "{bad}");
        }
    }
}
