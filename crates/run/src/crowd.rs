//! Observations closer together than a system's own steps. It is then observed where its steps end, as often
//! as it steps, and planned times in between are interpolated by polynomials through the ends around: an
//! observation costs no more than a step.
//!
//! Where times are at least two steps apart, a step ends at each of them and nothing is interpolated; the
//! polynomials are for closer times.
//!
//! Certificates are bounds, not smooth curves: they are those of the end after the planned time. Laws are
//! never interpolated: at a snapshot a step ends.

use meanfield_kernel::lagrange::bases;
use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::plan::Plan;
use crate::system::System;

/// Ends on either side of a time that a polynomial goes through: of degree 7, so that steps of a method of
/// order 5 are followed to about its tolerance. Where one side is short the other has [`MADE_UP`] more: the
/// farther from its middle, the worse a polynomial is.
const BESIDE: usize = 4;
const MADE_UP: usize = 1;
/// An end closer to the last one than this share of the step before takes its place: nodes that nearly
/// coincide would amplify rounding.
const DISTINCT: f64 = 1e-3;
/// Steps longer or shorter than the one around a time by more than this factor say nothing about it: steps
/// grow five times at most.
const ALIKE: f64 = 5.5;
/// A curve may leave the values at the ends of a step by this share of its change in it, or in both
/// neighbours: h²R''/8 at an extremum in its middle, beside which it changes by h²R'' on either side.
const SWING: f64 = 0.25;

/// One row of numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Readings {
    /// Curves, in the order of the log's names.
    pub values: Vec<f64>,
    /// (coordinate, level).
    pub quantiles: Vec<f64>,
}

impl Readings {
    /// Number by number of the same place in all of some rows.
    fn map(&self, value: impl Fn(&dyn Fn(&Readings) -> f64, usize) -> f64) -> Readings {
        let count = self.values.len();
        Readings {
            values: (0..count).map(|i| value(&move |row: &Readings| row.values[i], i)).collect(),
            quantiles: (0..self.quantiles.len())
                .map(|i| value(&move |row: &Readings| row.quantiles[i], count + i))
                .collect(),
        }
    }
}

/// Ends of steps, and the times between them at which nothing is known yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Crowd {
    /// (clock, row) of the last ends.
    ends: VecDeque<(f64, Readings)>,
    /// (time, clock) of the planned times that were passed, increasing.
    waiting: VecDeque<(f64, f64)>,
}

/// How far a system may step at its own pace: None where the next planned time is no closer than its steps
/// are long (and nothing waits), and for systems that cannot. The next snapshot is not passed, nor the last
/// time of all.
pub(crate) fn free_until(system: &dyn System, plan: &Plan, ahead: &[f64], waiting: bool) -> Option<f64> {
    let now = system.time();
    let next = system.next_step()?;
    let &[first, second, ..] = ahead else { return None };
    // Between two planned times lies one step of the system's own, at most two with the one cut short.
    let crowded = waiting || second - now <= 2.0 * (next - now);
    let snapshot = plan.snapshots.iter().copied().find(|time| *time > now);
    let until = snapshot.or_else(|| ahead.last().copied())?;
    (crowded && now < first && first < until).then_some(until)
}

impl Crowd {
    /// The rows that are held.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Readings> {
        self.ends.iter().map(|(_, row)| row)
    }

    /// Number of times that were passed and are not known yet.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether times were passed that are not known yet.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The clock of the last end.
    pub(crate) fn last(&self) -> Option<f64> {
        self.ends.back().map(|(clock, _)| *clock)
    }

    /// Adds the end of a step.
    pub(crate) fn end(&mut self, clock: f64, row: Readings) {
        let count = self.ends.len();
        if count > 1 {
            let before = self.ends[count - 2].0;
            let last = self.ends[count - 1].0;
            if clock - last < DISTINCT * (last - before) {
                self.ends.pop_back();
            }
        }
        self.ends.push_back((clock, row));
        self.forget();
    }

    /// Adds a planned time, with its clock, that was passed in the step that ends next.
    pub(crate) fn wait(&mut self, time: f64, clock: f64) {
        self.waiting.push_back((time, clock));
    }

    /// The rows that can be interpolated now, since enough ends follow them: (time, row).
    pub(crate) fn ready(&mut self, held: impl Fn(usize) -> bool) -> Vec<(f64, Readings)> {
        let enough =
            self.ends.len().checked_sub(BESIDE + MADE_UP).map_or(f64::NEG_INFINITY, |i| self.ends[i].0);
        let rows = self.take(self.waiting.iter().take_while(|(_, clock)| *clock <= enough).count(), held);
        self.forget();
        rows
    }

    /// All rows that wait.
    pub(crate) fn drain(&mut self, held: impl Fn(usize) -> bool) -> Vec<(f64, Readings)> {
        self.take(self.waiting.len(), held)
    }

    /// Drops the ends that are no longer needed.
    fn forget(&mut self) {
        let needed = self.waiting.front().map_or(self.ends.len(), |(_, clock)| self.first_end_after(*clock));
        self.ends.drain(..needed.saturating_sub(BESIDE + MADE_UP));
    }

    fn take(&mut self, count: usize, held: impl Fn(usize) -> bool) -> Vec<(f64, Readings)> {
        let times: Vec<(f64, f64)> = self.waiting.drain(..count).collect();
        times.into_iter().map(|(time, clock)| (time, self.read(clock, &held))).collect()
    }

    /// Index of the first end that is not before a clock.
    fn first_end_after(&self, clock: f64) -> usize {
        self.ends.partition_point(|(end, _)| *end < clock).min(self.ends.len() - 1)
    }

    /// The row at a clock between the ends.
    fn read(&self, clock: f64, held: &impl Fn(usize) -> bool) -> Readings {
        let after = self.first_end_after(clock);
        let (at, row) = &self.ends[after];
        if after == 0 || *at == clock {
            return row.clone();
        }
        row.map(|number, i| if held(i) { number(row) } else { self.polynomial(clock, after, number) })
    }

    /// Whether the step to end `i` is about as long as one of this length.
    fn is_similar(&self, i: usize, length: f64) -> bool {
        let own = self.ends[i].0 - self.ends[i - 1].0;
        own <= ALIKE * length && length <= ALIKE * own
    }

    /// The polynomial through the ends around a step, of which only those count that are numbers and lie in
    /// steps of similar length; NaN where the step has an end that is no number.
    fn polynomial(&self, clock: f64, after: usize, number: &dyn Fn(&Readings) -> f64) -> f64 {
        let length = self.ends[after].0 - self.ends[after - 1].0;
        let most = BESIDE + MADE_UP;
        let left: Vec<usize> = (0..after)
            .rev()
            .take_while(|i| number(&self.ends[*i].1).is_finite() && self.is_similar(i + 1, length))
            .take(most)
            .collect();
        let right: Vec<usize> = (after..self.ends.len())
            .take_while(|i| number(&self.ends[*i].1).is_finite() && self.is_similar(*i, length))
            .take(most)
            .collect();
        if left.is_empty() || right.is_empty() {
            return f64::NAN;
        }
        let lefts = left.len().min(if right.len() < BESIDE { most } else { BESIDE });
        let rights = right.len().min(if left.len() < BESIDE { most } else { BESIDE });
        let chosen = left[..lefts].iter().chain(&right[..rights]);
        let (places, values): (Vec<f64>, Vec<f64>) =
            chosen.map(|i| (self.ends[*i].0, number(&self.ends[*i].1))).unzip();
        let [before, here] = [left[0], right[0]].map(|i| number(&self.ends[i].1));
        let own = (here - before).abs();
        let left_change = left.get(1).map_or(own, |i| (before - number(&self.ends[*i].1)).abs());
        let right_change = right.get(1).map_or(own, |i| (number(&self.ends[*i].1) - here).abs());
        // No further beyond the step's ends than an extremum of the curvature around it could be, which shows
        // on both sides: where a curve bends within a step, or comes to rest, a polynomial would swing.
        let beyond = SWING * own.max(left_change.min(right_change));
        let value: f64 = bases(&places, clock).iter().zip(values).map(|(basis, value)| basis * value).sum();
        value.clamp(before.min(here) - beyond, before.max(here) + beyond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: f64) -> Readings {
        Readings { values: vec![value, value], quantiles: vec![-value] }
    }

    /// Ends of x^5 at these places, a time wanted in each step.
    fn crowd(places: &[f64]) -> Crowd {
        let mut crowd = Crowd::default();
        for (i, x) in places.iter().enumerate() {
            if i > 0 {
                let middle = 0.5 * (places[i - 1] + x);
                crowd.wait(middle, middle);
            }
            crowd.end(*x, row(x.powi(5)));
        }
        crowd
    }

    #[test]
    fn polynomials_of_degree_five_are_read_exactly_and_certificates_at_the_end_after() {
        let places = [0.0, 0.1, 0.3, 0.35, 0.5, 0.7, 0.8];
        let mut crowd = crowd(&places);
        let early = crowd.ready(|i| i == 1);
        assert_eq!(early.len(), 2, "five ends must follow");
        let rows = [early, crowd.drain(|i| i == 1)].concat();
        assert_eq!(rows.len(), 6);
        for (i, (time, row)) in rows.iter().enumerate() {
            assert!((row.values[0] - time.powi(5)).abs() < 1e-14, "{time}: {row:?}");
            assert_eq!(row.values[0], -row.quantiles[0]);
            assert!((row.values[1] - places[i + 1].powi(5)).abs() < 1e-15, "held");
        }
        assert!(!crowd.is_waiting());
    }

    #[test]
    fn what_is_not_known_is_not_made_up() {
        let mut crowd = crowd(&[0.0, 0.1, 0.2, 0.3, 0.4]);
        crowd.ends.iter_mut().skip(3).for_each(|(_, row)| row.values[0] = f64::NAN);
        let rows = crowd.drain(|_| false);
        let known: Vec<bool> = rows.iter().map(|(_, row)| row.values[0].is_finite()).collect();
        assert_eq!(known, [true, true, false, false]);
        assert!(rows.iter().all(|(_, row)| row.values[1].is_finite()));
    }

    #[test]
    fn a_long_step_after_short_ones_is_not_extrapolated_into() {
        // A curve that bends at 0.04 and is constant from there on, followed by one step to 1.
        let mut crowd = Crowd::default();
        for x in [0.01, 0.02, 0.03, 0.04, 0.05] {
            crowd.end(x, row(if x < 0.04 { 7.0 + 1e3 * (0.04 - x) } else { 7.0 }));
        }
        crowd.wait(0.1, 0.1);
        crowd.wait(0.5, 0.5);
        crowd.end(1.0, row(7.0));
        assert!(crowd.drain(|_| false).iter().all(|(_, row)| row.values[0] == 7.0));
    }

    #[test]
    fn what_happened_steps_ago_makes_no_swing() {
        // It fell from 5 to 0 in the first step and stayed: a polynomial through all would be 0.14 in the
        // last.
        let mut crowd = Crowd::default();
        for i in 0..5_u8 {
            crowd.end(f64::from(i), row(if i == 0 { 5.0 } else { 0.0 }));
        }
        crowd.wait(4.5, 4.5);
        crowd.end(5.0, row(0.0));
        assert_eq!(crowd.drain(|_| false)[0].1, row(0.0));
    }

    #[test]
    fn a_curve_that_came_to_rest_stays_there() {
        // Steps grow fivefold at the end, and still count as alike.
        let mut crowd = Crowd::default();
        for (x, value) in [(0.01, 7.4), (0.02, 7.35), (0.03, 7.3), (0.05, 7.25)] {
            crowd.end(x, row(value));
        }
        crowd.wait(0.1, 0.1);
        crowd.end(0.15, row(7.25));
        assert_eq!(crowd.drain(|_| false)[0].1, row(7.25));
    }

    #[test]
    fn ends_that_nearly_coincide_are_one() {
        let mut crowd = crowd(&[0.0, 0.1, 0.2, 0.2 + 1e-13]);
        assert_eq!(crowd.ends.len(), 3);
        assert!(crowd.drain(|_| false).iter().all(|(_, row)| row.values[0].abs() < 1e-3));
    }
}
