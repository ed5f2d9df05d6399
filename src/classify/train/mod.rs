//! Training of classifiers, and their figures.

pub mod figures;
