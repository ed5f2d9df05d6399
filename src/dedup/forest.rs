//! Union-find over dense indices.

/// An array of indices: 4 bytes each while they fit, 8 beyond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Slots {
    Small(Vec<u32>),
    Large(Vec<u64>),
}

impl Slots {
    /// `slot[i] = i` for all i below `len`.
    pub fn identity(len: usize) -> Self {
        match u32::try_from(len) {
            Ok(len) => Self::Small((0..len).collect()),
            Err(_) => Self::large(len),
        }
    }

    pub fn large(len: usize) -> Self {
        Self::Large((0..len as u64).collect())
    }

    #[inline]
    pub fn get(&self, at: usize) -> usize {
        match self {
            Self::Small(slots) => slots[at] as usize,
            Self::Large(slots) => slots[at] as usize,
        }
    }

    #[inline]
    pub fn set(&mut self, at: usize, value: usize) {
        match self {
            // Every value is an index below the length, which fits by construction.
            Self::Small(slots) => slots[at] = value as u32,
            Self::Large(slots) => slots[at] = value as u64,
        }
    }
}

/// Disjoint sets whose root is always their smallest member: the result does not depend on the order of unions.
pub(super) struct Forest {
    parents: Slots,
    len: usize,
}

impl Forest {
    pub fn new(parents: Slots, len: usize) -> Self {
        Self { parents, len }
    }

    /// The smallest member of the set of `at`, halving the path on the way.
    pub fn root(&mut self, mut at: usize) -> usize {
        loop {
            let parent = self.parents.get(at);
            if parent == at {
                return at;
            }
            let above = self.parents.get(parent);
            self.parents.set(at, above);
            at = above;
        }
    }

    pub fn union(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.parents.set(one.max(other), one.min(other));
    }

    /// The root of every member.
    pub fn into_roots(mut self) -> Slots {
        // Parents are never above their children, so one pass in rising order flattens everything.
        for at in 0..self.len {
            let root = self.parents.get(self.parents.get(at));
            self.parents.set(at, root);
        }
        self.parents
    }
}
