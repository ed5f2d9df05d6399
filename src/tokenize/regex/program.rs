use super::parse::{Greed, Node, Place, Unit};

/// Larger programs are not made.
const MOST_OPS: usize = 1 << 13;
/// No upper bound.
pub(super) const NO_BOUND: u32 = u32::MAX;

/// A step. A match goes on with the next one unless said otherwise.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Unit(Unit),
    /// As many as possible, at least `min`; gives back one by one unless `keep`.
    Run {
        unit: Unit,
        min: u32,
        max: u32,
        keep: bool,
    },
    /// The first way, and if it fails the second.
    Split(u32, u32),
    Jump(u32),
    /// The steps behind this one up to `Done` match here (or, with `back`, that many characters before here), or do not.
    Look {
        back: Option<u32>,
        negative: bool,
        after: u32,
    },
    /// The steps behind this one up to `Done`, whose first way is the only one.
    Atomic {
        after: u32,
    },
    Place(Place),
    Done,
}

/// Appends the steps of `nodes`. `None` when there are too many, or a repeated group may be empty.
pub(super) fn sequence(nodes: &[Node], ops: &mut Vec<Op>) -> Option<()> {
    nodes.iter().try_for_each(|node| one(node, ops))
}

fn one(node: &Node, ops: &mut Vec<Op>) -> Option<()> {
    if ops.len() > MOST_OPS {
        return None;
    }
    match node {
        Node::Unit(unit) => ops.push(Op::Unit(*unit)),
        Node::Run { unit, min, max, greed: Greed::Lazy } => {
            let body = [vec![Node::Unit(*unit)]];
            repeat(&body, *min, *max, true, ops)?;
        }
        Node::Run { unit, min, max, greed } => {
            ops.push(Op::Run { unit: *unit, min: *min, max: *max, keep: *greed == Greed::Possessive });
        }
        Node::Group(body) => alternatives(body, ops)?,
        Node::Loop { body, min, max, greed: Greed::Possessive } => {
            nested(ops, |after| Op::Atomic { after }, |ops| repeat(body, *min, *max, false, ops))?
        }
        Node::Loop { body, min, max, greed } => repeat(body, *min, *max, *greed == Greed::Lazy, ops)?,
        Node::Atomic(body) => nested(ops, |after| Op::Atomic { after }, |ops| alternatives(body, ops))?,
        Node::Look { body, ahead, negative } => {
            let back = match ahead {
                true => None,
                false => Some(width(body)?),
            };
            let look = |after| Op::Look { back, negative: *negative, after };
            nested(ops, look, |ops| alternatives(body, ops))?;
        }
        Node::Place(place) => ops.push(Op::Place(*place)),
    }
    Some(())
}

/// A step that is followed by a program of its own.
fn nested(ops: &mut Vec<Op>, step: impl Fn(u32) -> Op, body: impl FnOnce(&mut Vec<Op>) -> Option<()>) -> Option<()> {
    let at = ops.len();
    ops.push(Op::Done);
    body(ops)?;
    ops.push(Op::Done);
    ops[at] = step(ops.len() as u32);
    Some(())
}

fn alternatives(body: &[Vec<Node>], ops: &mut Vec<Op>) -> Option<()> {
    let (last, before) = body.split_last()?;
    let mut jumps = Vec::new();
    for alternative in before {
        let split = ops.len();
        ops.push(Op::Done);
        sequence(alternative, ops)?;
        jumps.push(ops.len());
        ops.push(Op::Done);
        ops[split] = Op::Split(split as u32 + 1, ops.len() as u32);
    }
    sequence(last, ops)?;
    for jump in jumps {
        ops[jump] = Op::Jump(ops.len() as u32);
    }
    Some(())
}

fn repeat(body: &[Vec<Node>], min: u32, max: u32, lazy: bool, ops: &mut Vec<Op>) -> Option<()> {
    if body.iter().any(|nodes| nodes.iter().all(may_be_empty)) {
        return None;
    }
    for _ in 0..min {
        alternatives(body, ops)?;
        if ops.len() > MOST_OPS {
            return None;
        }
    }
    let split = |ops: &mut Vec<Op>, at: usize| {
        let (more, done) = (at as u32 + 1, ops.len() as u32);
        ops[at] = if lazy { Op::Split(done, more) } else { Op::Split(more, done) };
    };
    if max == NO_BOUND {
        let at = ops.len();
        ops.push(Op::Done);
        alternatives(body, ops)?;
        ops.push(Op::Jump(at as u32));
        split(ops, at);
        return Some(());
    }
    let mut splits = Vec::new();
    for _ in min..max {
        splits.push(ops.len());
        ops.push(Op::Done);
        alternatives(body, ops)?;
        if ops.len() > MOST_OPS {
            return None;
        }
    }
    splits.into_iter().for_each(|at| split(ops, at));
    Some(())
}

fn may_be_empty(node: &Node) -> bool {
    match node {
        Node::Unit(_) => false,
        Node::Run { min, .. } => *min == 0,
        Node::Loop { min: 0, .. } | Node::Look { .. } | Node::Place(_) => true,
        Node::Group(body) | Node::Atomic(body) | Node::Loop { body, .. } => {
            body.iter().any(|nodes| nodes.iter().all(may_be_empty))
        }
    }
}

/// Whether a match of `nodes` may begin with `first`, whose sets are `bits`, or be empty.
pub(super) fn may_start(nodes: &[Node], first: char, bits: u32) -> bool {
    for node in nodes {
        let starts = match node {
            Node::Unit(unit) | Node::Run { unit, .. } => unit.takes(first, bits),
            Node::Group(body) | Node::Atomic(body) | Node::Loop { body, .. } => {
                body.iter().any(|nodes| may_start(nodes, first, bits))
            }
            Node::Look { .. } | Node::Place(_) => false,
        };
        if starts {
            return true;
        }
        if !may_be_empty(node) {
            return false;
        }
    }
    true
}

/// How many characters a look behind goes back: the same for all alternatives.
fn width(body: &[Vec<Node>]) -> Option<u32> {
    let of = |nodes: &Vec<Node>| {
        nodes.iter().try_fold(0u32, |sum, node| match node {
            Node::Unit(_) => Some(sum + 1),
            Node::Run { min, max, .. } if min == max => sum.checked_add(*min),
            Node::Place(_) | Node::Look { .. } => Some(sum),
            Node::Group(body) => sum.checked_add(width(body)?),
            _ => None,
        })
    };
    let first = of(body.first()?)?;
    body.iter().all(|nodes| of(nodes) == Some(first)).then_some(first)
}
