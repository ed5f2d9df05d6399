//! Clusters of datatrove's pairs by its own rule, so that the same documents go.
//!
//! The rule (`MinhashDedupCluster`): pairs are taken in the order of the files; the root of the bigger of two sets becomes
//! the root of both, the first one's at equal size; every document but the root of its set goes. A document of an index is
//! written as (2^32 - 1, 2^32 - 1) and always stays root. Which document stays is thus an accident of the order of the files;
//! our own steps have rules for it (`keep`).

use std::collections::HashMap;

/// Task and number of a document that stands in an index.
const INDEX: (u32, u32) = (u32::MAX, u32::MAX);

/// A document of some pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clustered {
    /// Its task.
    pub task: u32,
    /// Its number among the documents of the task.
    pub document: u32,
    /// Whether it goes.
    pub removed: bool,
    /// Documents in its cluster.
    pub cluster_size: u32,
}

/// Sets of documents that grow pair by pair. 20 bytes and a table entry for each document of a pair.
#[derive(Debug, Default)]
pub struct PairClusters {
    numbers: HashMap<(u32, u32), u32>,
    documents: Vec<(u32, u32)>,
    parents: Vec<u32>,
    sizes: Vec<u32>,
}

impl PairClusters {
    /// Joins the sets of two documents.
    pub fn join(&mut self, one: (u32, u32), other: (u32, u32)) {
        let (one, other) = (self.number(one), self.number(other));
        let (mut root, mut child) = (self.root(one), self.root(other));
        if root == child {
            return;
        }
        let is_index = |at: u32| self.documents[at as usize] == INDEX;
        let smaller = self.sizes[root as usize] < self.sizes[child as usize];
        if is_index(child) || (!is_index(root) && smaller) {
            std::mem::swap(&mut root, &mut child);
        }
        self.parents[child as usize] = root;
        self.sizes[root as usize] += self.sizes[child as usize];
    }

    fn number(&mut self, document: (u32, u32)) -> u32 {
        // 2^32 documents would need 80 GB before the number overflowed.
        let next = self.documents.len() as u32;
        let number = *self.numbers.entry(document).or_insert(next);
        if number == next {
            self.documents.push(document);
            self.parents.push(next);
            self.sizes.push(1);
        }
        number
    }

    fn root(&mut self, mut at: u32) -> u32 {
        while self.parents[at as usize] != at {
            let above = self.parents[self.parents[at as usize] as usize];
            self.parents[at as usize] = above;
            at = above;
        }
        at
    }

    /// Every document of a pair, by task and number.
    #[must_use]
    pub fn finish(mut self) -> Vec<Clustered> {
        let mut out: Vec<Clustered> = (0..self.documents.len() as u32)
            .map(|at| {
                let root = self.root(at);
                let (task, document) = self.documents[at as usize];
                Clustered { task, document, removed: root != at, cluster_size: self.sizes[root as usize] }
            })
            .collect();
        out.sort_unstable_by_key(|one| (one.task, one.document));
        out
    }
}
