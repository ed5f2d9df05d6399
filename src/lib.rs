//! gristmill: from crawl dumps to training tokens.

pub mod document;
pub mod storage;
