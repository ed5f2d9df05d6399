//! Histograms: what was measured, what of it was kept, and where the bounds are.

use super::numbers::{percent, ratio, short, value};
use super::page::Page;
use super::svg::{self, Anchor, Path};
use crate::document::{Bins, Histogram};

/// Width of a drawing.
const WIDTH: f64 = 320.0;
/// Height of a drawing.
const HEIGHT: f64 = 128.0;
/// Plot area.
const LEFT: f64 = 10.0;
const RIGHT: f64 = 310.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 104.0;
/// Room of the bar for values of zero on a log axis.
const ZERO: f64 = 14.0;
/// Columns drawn at most; more bins share columns.
const COLUMNS: i32 = 150;
/// Bins that the axis is made longer by at most to show a bound (10 powers of two).
const REACH: i32 = 40;
/// Bounds drawn.
const BOUNDS: usize = 3;
/// A bar more than this many times the next one is cut, so that the others can be seen.
const TOWER: u64 = 4;

/// A bound to draw: where, and how it reads (`> 0.3`).
pub struct Mark<'a> {
    /// The number.
    pub bound: f64,
    /// Its text.
    pub trips: &'a str,
}

/// The axis: which bins are shown, and where.
struct Axis {
    bins: Bins,
    first: i32,
    /// One past the last.
    end: i32,
    /// Where the first bin starts.
    left: f64,
}

impl Axis {
    fn new(bins: Bins, histogram: &Histogram, marks: &[Mark<'_>]) -> Self {
        if bins == Bins::Unit {
            return Self { bins, first: 0, end: Bins::UNIT_BINS, left: LEFT };
        }
        let mut seen = histogram.bins.keys().copied().filter(|&bin| bin != i32::MIN);
        let first = seen.next().unwrap_or(0);
        let last = seen.next_back().unwrap_or(first);
        let (mut low, mut high) = (first, last);
        for bin in marks.iter().map(|mark| bins.of(mark.bound)).filter(|&bin| bin != i32::MIN) {
            low = low.min(bin.max(first.saturating_sub(REACH)));
            high = high.max(bin.min(last.saturating_add(REACH)));
        }
        let left = if histogram.bins.contains_key(&i32::MIN) { LEFT + ZERO } else { LEFT };
        Self { bins, first: low, end: high.saturating_add(1), left }
    }

    fn x(&self, bin: f64) -> f64 {
        let span = f64::from(self.end) - f64::from(self.first);
        self.left + (RIGHT - self.left) * ((bin - f64::from(self.first)) / span).clamp(0.0, 1.0)
    }

    /// Where a value stands: on a log axis straight between the borders of its bin, which needs no logarithm.
    fn x_of(&self, number: f64) -> f64 {
        if self.bins == Bins::Unit {
            return self.x(number * f64::from(Bins::UNIT_BINS));
        }
        if number <= 0.0 {
            return LEFT;
        }
        let bin = self.bins.of(number);
        let (low, high) = (self.bins.lower(bin), self.bins.lower(bin.saturating_add(1)));
        let inside = if high > low { (number - low) / (high - low) } else { 0.0 };
        self.x(f64::from(bin) + inside)
    }

    /// Values with a tick: powers of ten where there are enough of them, else 1, 2, 5; never crowded.
    fn ticks(&self) -> Vec<f64> {
        if self.bins == Bins::Unit {
            return vec![0.0, 0.25, 0.5, 0.75, 1.0];
        }
        let (low, high) = (self.bins.lower(self.first), self.bins.lower(self.end));
        let among = |digits: &[&str]| -> Vec<f64> {
            let powers = (-30..=30).flat_map(|power| digits.iter().map(move |digit| format!("{digit}e{power}")));
            powers.filter_map(|text| text.parse().ok()).filter(|&number| low <= number && number <= high).collect()
        };
        let mut ticks = among(&["1"]);
        if ticks.len() < 3 {
            ticks = among(&["1", "2", "5"]);
        }
        if ticks.len() < 2 {
            ticks = vec![low, high];
        }
        let every = ticks.len().div_ceil(6);
        ticks.into_iter().step_by(every).collect()
    }
}

/// Sums of (measured, kept).
pub fn sums(histogram: &Histogram) -> (u64, u64) {
    histogram.bins.values().fold((0, 0), |sum, counts| (sum.0 + counts.0, sum.1 + counts.1))
}

/// A bar: where it stands, and what is in it.
struct Bar {
    left: f64,
    right: f64,
    measured: u64,
    kept: u64,
}

/// Draws one.
pub fn draw(page: &mut Page, bins: Bins, histogram: &Histogram, marks: &[Mark<'_>]) {
    let axis = Axis::new(bins, histogram, marks);
    let bars = bars(&axis, histogram);
    let top = ceiling(&bars);
    svg::open(page, "histogram", WIDTH, HEIGHT, "Histogram of all measured documents and of those kept");
    for mark in marks.iter().take(BOUNDS) {
        draw_side(page, &axis, mark);
    }
    draw_area(page, "measured", &bars, top, |bar| bar.measured);
    draw_area(page, "keep", &bars, top, |bar| bar.kept);
    draw_towers(page, &bars, top, sums(histogram).0);
    draw_axis(page, &axis);
    draw_marks(page, &axis, marks);
    svg::close(page);
}

/// The bars, from left to right. Bins that would be thinner than a line share one.
fn bars(axis: &Axis, histogram: &Histogram) -> Vec<Bar> {
    let mut out: Vec<Bar> = Vec::new();
    if let Some(&(measured, kept)) = histogram.bins.get(&i32::MIN).filter(|_| axis.left > LEFT) {
        out.push(Bar { left: LEFT, right: LEFT + ZERO - 5.0, measured, kept });
    }
    let span = axis.end.saturating_sub(axis.first);
    let wide = (span / COLUMNS + i32::from(span % COLUMNS > 0)).max(1);
    let mut last = None;
    for (&bin, &(measured, kept)) in histogram.bins.range(axis.first..axis.end) {
        let column = (bin - axis.first) / wide;
        match out.last_mut() {
            Some(bar) if last == Some(column) => {
                bar.measured += measured;
                bar.kept += kept;
            }
            _ => {
                let first = f64::from(axis.first) + f64::from(column) * f64::from(wide);
                out.push(Bar { left: axis.x(first), right: axis.x(first + f64::from(wide)), measured, kept });
            }
        }
        last = Some(column);
    }
    out
}

/// The count at the top of the plot.
fn ceiling(bars: &[Bar]) -> u64 {
    let mut sorted: Vec<u64> = bars.iter().map(|bar| bar.measured).collect();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    match sorted.as_slice() {
        [] => 1,
        [first, second, ..] if first / TOWER > *second => (second.saturating_mul(3) / 2).max(1),
        [first, ..] => (*first).max(1),
    }
}

/// One path over all bars.
fn draw_area(page: &mut Page, class: &'static str, bars: &[Bar], top: u64, pick: impl Fn(&Bar) -> u64) {
    let mut path = Path::default();
    let mut at = None;
    for bar in bars.iter().filter(|bar| pick(bar) > 0) {
        if at != Some(bar.left) {
            if at.is_some() {
                path.upright(BOTTOM);
            }
            path.start(bar.left, BOTTOM);
        }
        path.upright(BOTTOM - (BOTTOM - TOP) * ratio(pick(bar), top)).level(bar.right);
        at = Some(bar.right);
    }
    if at.is_some() {
        path.upright(BOTTOM);
        path.draw(page, class, "");
    }
}

/// Says how much stands in a bar that is cut.
fn draw_towers(page: &mut Page, bars: &[Bar], top: u64, measured: u64) {
    for bar in bars.iter().filter(|bar| bar.measured > top) {
        let x = f64::midpoint(bar.left, bar.right);
        svg::rect(page, "break", x - 6.0, TOP + 8.0, 12.0, 2.0);
        let (anchor, x) = if x > 200.0 { (Anchor::End, x - 8.0) } else { (Anchor::Start, x + 8.0) };
        svg::label(page, "tick", anchor, x, TOP + 12.0, &format!("↑ {}", percent(bar.measured, measured)));
    }
}

fn draw_axis(page: &mut Page, axis: &Axis) {
    svg::line(page, "axis", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    if axis.left > LEFT {
        svg::label(page, "tick", Anchor::Middle, LEFT + 4.5, BOTTOM + 14.0, "0");
    }
    for tick in axis.ticks() {
        let x = axis.x_of(tick);
        svg::line(page, "axis", (x, BOTTOM), (x, BOTTOM + 3.0));
        let anchor = match x {
            x if x > RIGHT - 12.0 => Anchor::End,
            x if x < axis.left + 6.0 => Anchor::Start,
            _ => Anchor::Middle,
        };
        svg::label(page, "tick", anchor, x, BOTTOM + 14.0, &tick_text(tick));
    }
}

fn tick_text(tick: f64) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and small enough")]
    if (1e6..1e15).contains(&tick) { short(tick as u64).replace(".00", "") } else { value(tick) }
}

/// Shades where a rule trips.
fn draw_side(page: &mut Page, axis: &Axis, mark: &Mark<'_>) {
    let x = axis.x_of(mark.bound);
    if mark.trips.starts_with('>') {
        svg::rect(page, "side", x, TOP, RIGHT - x, BOTTOM - TOP);
    } else if mark.trips.starts_with('<') {
        svg::rect(page, "side", LEFT, TOP, x - LEFT, BOTTOM - TOP);
    }
}

fn draw_marks(page: &mut Page, axis: &Axis, marks: &[Mark<'_>]) {
    for (at, mark) in marks.iter().take(BOUNDS).enumerate() {
        let x = axis.x_of(mark.bound);
        // Labels of several bounds stand at different heights.
        let y = [TOP - 6.0, TOP - 17.0, TOP + 6.0][at];
        svg::line(page, "bound", (x, y - 2.0), (x, BOTTOM));
        let (anchor, x) =
            if x > f64::midpoint(LEFT, RIGHT) { (Anchor::End, x - 4.0) } else { (Anchor::Start, x + 4.0) };
        svg::label(page, "trips", anchor, x, y + 2.0, &super::sankey::shorten(mark.trips, 24));
    }
    if marks.len() > BOUNDS {
        svg::label(page, "trips", Anchor::End, RIGHT, 9.0, &format!("and {} more bounds", marks.len() - BOUNDS));
    }
}

/// The lower edge of the bin that holds the given hundredth of what `pick` counts.
pub fn quantile(bins: Bins, histogram: &Histogram, hundredth: u64, pick: impl Fn((u64, u64)) -> u64) -> Option<f64> {
    let all: u64 = histogram.bins.values().map(|&counts| pick(counts)).sum();
    let wanted = u128::from(all) * u128::from(hundredth);
    let mut seen: u128 = 0;
    histogram
        .bins
        .iter()
        .find(|&(_, &counts)| {
            seen += u128::from(pick(counts)) * 100;
            seen > 0 && seen >= wanted
        })
        .map(|(&bin, _)| bins.lower(bin))
}
