//! Cuts the panels of a [`Pushforward`] into pieces on each of which a coordinate is taken as uniform between
//! two values.

use std::collections::BTreeMap;

use super::Pushforward;
use super::nodes::Nodes;
use crate::marginal::Piece;
use crate::normal;

/// Wasserstein-1 distance of the chords from the quantile function, for one direction.
pub const CHORDS: f64 = 1e-8;
/// Parts along the direction in which a coordinate varies most: at first, and at most.
const PARTS: usize = 32;
const MOST_PARTS: usize = 4096;
/// Parts along each other direction, at most.
const MOST_ACROSS: usize = 8;
/// About so many pieces, for several directions.
const PIECES: usize = 1 << 17;

/// A share this close to 1 is 1: weights are scaled up to rounding.
const WHOLE: f64 = 1e-9;

/// A line of nodes in a panel of several directions.
struct Line {
    /// The coordinate at the nodes.
    values: Vec<f64>,
    /// By how much it changes over the part of each other direction that the line stands for.
    across: Vec<Vec<f64>>,
    /// The share of mass of those parts.
    share: f64,
}

/// A small part of a panel, on which a coordinate is taken as linear.
pub(super) struct LinearPart {
    pub mass: f64,
    /// The coordinate at the mean of g there.
    pub middle: f64,
    /// By how much it changes over the part along each direction.
    pub changes: Vec<f64>,
}

/// One coordinate of a law, about to be cut.
pub(super) struct Cutting<'a> {
    law: &'a Pushforward,
    coordinate: usize,
    nodes: Nodes,
    /// Where the outermost panels end.
    reach: f64,
    /// Parts along each direction across.
    across: usize,
    /// The Lagrange polynomials at the ends of so many equal parts.
    rows: BTreeMap<usize, Vec<Vec<f64>>>,
}

impl<'a> Cutting<'a> {
    pub(super) fn new(law: &'a Pushforward, coordinate: usize) -> Self {
        let nodes = Nodes::new(law.nodes_along());
        let reach = law.ends.iter().fold(0.0, |reach: f64, end| reach.max(end.abs()));
        let lines = PIECES as f64 / (PARTS * law.panels()) as f64;
        let others = (law.directions() - 1).max(1) as f64;
        let across = (lines.powf(others.recip()) as usize).clamp(1, MOST_ACROSS);
        Self { law, coordinate, nodes, reach, across, rows: BTreeMap::new() }
    }

    /// The same with so many parts along each direction.
    pub(super) fn with_parts(law: &'a Pushforward, coordinate: usize, parts: usize) -> Self {
        Self { across: parts, ..Self::new(law, coordinate) }
    }

    /// The parts of a panel, in an order that is the same for all coordinates.
    pub(super) fn linear_parts(&self, panel: usize) -> Vec<LinearPart> {
        let lines = self.lines(self.values(panel), &self.sides(panel), None);
        let share = self.share(panel);
        let parts = lines.into_iter().map(|line| self.linear_part(&line));
        parts.map(|part| LinearPart { mass: share * part.mass, ..part }).collect()
    }

    /// A part that is a single place. At the lower end, where mass is held, nothing changes.
    fn linear_part(&self, place: &Line) -> LinearPart {
        let lower = self.law.lower[self.coordinate];
        let middle = place.values[0].max(lower);
        let is_held = middle == lower;
        let changes = place.across.iter().map(|change| if is_held { 0.0 } else { change[0] }).collect();
        LinearPart { mass: place.share, middle, changes }
    }

    /// All pieces, in no order.
    pub(super) fn pieces(mut self) -> Vec<Piece> {
        (0..self.law.panels()).flat_map(|panel| self.pieces_of_panel(panel)).collect()
    }

    /// The pieces of one panel, with its share of the probability.
    fn pieces_of_panel(&mut self, panel: usize) -> Vec<Piece> {
        let share = self.share(panel);
        let pieces = self.whole_pieces(panel);
        pieces.into_iter().map(|piece| Piece { mass: share * piece.mass, ..piece }).collect()
    }

    /// The share of the part of the law that a panel belongs to: what its nodes weigh, beside the probability
    /// of its sides. 1 where the law has one part.
    fn share(&self, panel: usize) -> f64 {
        let count = self.law.points.nrows() / self.law.panels();
        let weight: f64 = self.law.weights.iter().skip(panel * count).take(count).sum();
        let masses = self.sides(panel).into_iter().map(|side| self.masses(side, 1)[0]);
        let share = weight / masses.product::<f64>();
        if share.is_finite() && (share - 1.0).abs() > WHOLE { share } else { 1.0 }
    }

    /// The same, were the panel of the only part.
    fn whole_pieces(&mut self, panel: usize) -> Vec<Piece> {
        let values = self.values(panel);
        let along = self.steepest(&values);
        let sides = self.sides(panel);
        if sides.len() == 1 {
            let parts = self.parts_needed(&values, sides[0]);
            return self.cut(&values, sides[0], parts);
        }
        let lines = self.lines(values, &sides, Some(along));
        let parts = self.shares(sides[along], PARTS);
        lines.into_iter().flat_map(|line| self.boxes(&line, &parts)).collect()
    }

    /// The sides of a panel in g.
    fn sides(&self, panel: usize) -> Vec<[f64; 2]> {
        let sides = self.law.ends.outer_iter().nth(panel);
        sides.map_or(Vec::new(), |sides| sides.outer_iter().map(|side| [side[0], side[1]]).collect())
    }

    /// The coordinate at the nodes of a panel.
    fn values(&self, panel: usize) -> Vec<f64> {
        let count = self.law.points.nrows() / self.law.panels();
        self.law.points.column(self.coordinate).iter().skip(panel * count).take(count).copied().collect()
    }

    /// The direction along which the coordinate varies most, in sum over the lines of nodes.
    fn steepest(&self, values: &[f64]) -> usize {
        (0..self.law.directions())
            .max_by(|a, b| self.variation(values, *a).total_cmp(&self.variation(values, *b)))
            .unwrap_or(0)
    }

    /// The variation of the coordinate along a direction, in sum over the lines of nodes.
    fn variation(&self, values: &[f64], direction: usize) -> f64 {
        let count = self.nodes.x.len();
        let stride = count.pow((self.law.directions() - 1 - direction) as u32);
        let firsts = (0..values.len()).filter(|i| (i / stride).is_multiple_of(count));
        firsts.map(|i| (values[i + (count - 1) * stride] - values[i]).abs()).sum::<f64>()
    }

    /// The lines along a direction, through the middles of equal parts of the others; without one, single
    /// places in the middles of equal parts of all.
    fn lines(&self, values: Vec<f64>, sides: &[[f64; 2]], along: Option<usize>) -> Vec<Line> {
        let mut lines = vec![Line { values, across: Vec::new(), share: 1.0 }];
        // The last direction runs fastest: taken first, the others keep their places.
        for direction in (0..sides.len()).rev().filter(|direction| Some(*direction) != along) {
            let stride = self.nodes.x.len().pow(u32::from(along.is_some_and(|along| direction < along)));
            let parts = self.parts(sides[direction]);
            lines = lines
                .iter()
                .flat_map(|line: &Line| {
                    parts
                        .iter()
                        .map(|(middle, change, mass): &(Vec<f64>, Vec<f64>, f64)| {
                            let before =
                                line.across.iter().map(|across| self.contract(across, middle, stride));
                            let own = self.contract(&line.values, change, stride);
                            Line {
                                values: self.contract(&line.values, middle, stride),
                                across: before.chain([own]).collect(),
                                share: line.share * mass,
                            }
                        })
                        .collect::<Vec<_>>()
                })
                .collect();
        }
        lines
    }

    /// For each part of a side: the Lagrange polynomials at the mean of g there, by how much they change over
    /// it, and its mass.
    fn parts(&self, side: [f64; 2]) -> Vec<(Vec<f64>, Vec<f64>, f64)> {
        let shares = self.shares(side, self.across).into_iter().enumerate();
        shares
            .map(|(i, (mass, mean)): (usize, (f64, f64))| {
                let middle = self.nodes.lagrange_at_part(i as f64 + mean, self.across);
                (middle, self.lagrange_change(i as f64), mass)
            })
            .collect()
    }

    /// The change of the Lagrange polynomials over a part of a side.
    fn lagrange_change(&self, part: f64) -> Vec<f64> {
        let lower = self.nodes.lagrange_at_part(part, self.across);
        let upper = self.nodes.lagrange_at_part(part + 1.0, self.across);
        upper.iter().zip(lower).map(|(b, a)| b - a).collect()
    }

    /// For each of equal parts of a side its mass, and where in it the mean of g is, between 0 and 1.
    fn shares(&self, side: [f64; 2], parts: usize) -> Vec<(f64, f64)> {
        let width = (side[1] - side[0]) / parts as f64;
        self.masses(side, parts)
            .into_iter()
            .enumerate()
            .map(|(i, mass): (usize, f64)| {
                let [from, until] = [i, i + 1].map(|i| self.end(side, i, parts));
                // E g on an interval is (φ(from) − φ(until)) over its mass.
                let mean = (normal::density(from) - normal::density(until)) / mass;
                let place = (mean - side[0]) / width - i as f64;
                (mass, if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.5 })
            })
            .collect()
    }

    /// The small boxes along a line. A linear function on a box has the variance of its changes along all
    /// sides; so has the piece that stands for it.
    fn boxes(&mut self, line: &Line, parts: &[(f64, f64)]) -> Vec<Piece> {
        let ends = self.at_ends(&line.values, PARTS);
        let across: Vec<Vec<f64>> = line.across.iter().map(|own| self.interpolated(own, PARTS)).collect();
        let lower = self.law.lower[self.coordinate];
        let piece = |(i, (mass, mean)): (usize, &(f64, f64))| {
            let change = ends[i + 1] - ends[i];
            let middle = ends[i] + mean * change;
            let half = 0.5
                * (change * change
                    + across.iter().map(|own: &Vec<f64>| (0.5 * (own[i] + own[i + 1])).powi(2)).sum::<f64>())
                .sqrt();
            // Where all mass rests at the lower end nothing changes: an atom.
            let is_held = ends[i] == lower && ends[i + 1] == lower;
            let half = if is_held { 0.0 } else { half };
            Piece { mass: line.share * mass, from: (middle - half).max(lower), to: middle + half }
        };
        parts.iter().enumerate().map(piece).filter(|piece| piece.mass > 0.0).collect()
    }

    /// The polynomial at one place of the direction whose nodes are so far apart.
    fn contract(&self, values: &[f64], row: &[f64], stride: usize) -> Vec<f64> {
        let count = row.len();
        (0..values.len() / count)
            .map(|i: usize| {
                let first = i / stride * stride * count + i % stride;
                row.iter().enumerate().map(|(k, a)| a * values[first + k * stride]).sum()
            })
            .collect()
    }

    /// Where part number `i` of a side begins; the outermost ones reach to infinity.
    fn end(&self, [from, until]: [f64; 2], i: usize, parts: usize) -> f64 {
        match from + (until - from) * i as f64 / parts as f64 {
            _ if i == 0 && from <= -self.reach => f64::NEG_INFINITY,
            _ if i == parts && until >= self.reach => f64::INFINITY,
            end => end,
        }
    }

    /// Probabilities of equal parts of a side.
    fn masses(&self, side: [f64; 2], parts: usize) -> Vec<f64> {
        (0..parts).map(|i| normal_mass(self.end(side, i, parts), self.end(side, i + 1, parts))).collect()
    }

    /// A polynomial at the ends of equal parts of a line.
    fn interpolated(&mut self, line: &[f64], parts: usize) -> Vec<f64> {
        let nodes = &self.nodes;
        let rows = self
            .rows
            .entry(parts)
            .or_insert_with(|| (0..=parts).map(|i| nodes.lagrange_at_part(i as f64, parts)).collect());
        rows.iter().map(|row| row.iter().zip(line).map(|(a, z)| a * z).sum()).collect()
    }

    /// The coordinate at the ends of equal parts of a line.
    fn at_ends(&mut self, line: &[f64], parts: usize) -> Vec<f64> {
        let lower = self.law.lower[self.coordinate];
        self.interpolated(line, parts).into_iter().map(|z| z.max(lower)).collect()
    }

    /// The pieces along a line: one for each of equal parts that has mass.
    fn cut(&mut self, line: &[f64], side: [f64; 2], parts: usize) -> Vec<Piece> {
        let ends = self.at_ends(line, parts);
        let masses = self.masses(side, parts);
        ends.windows(2)
            .zip(masses)
            .filter(|(_, mass)| *mass > 0.0)
            .map(|(pair, mass): (&[f64], f64)| Piece {
                mass,
                from: pair[0].min(pair[1]),
                to: pair[0].max(pair[1]),
            })
            .collect()
    }

    /// So many parts that the chords of this panel err by its share of [`CHORDS`]: the error falls with their
    /// square, and is largest where the parts' middles are off their chords.
    fn parts_needed(&mut self, line: &[f64], side: [f64; 2]) -> usize {
        let ends = self.at_ends(line, 2 * PARTS);
        let masses = self.masses(side, 2 * PARTS);
        let triples = (0..PARTS).map(|i| (&ends[2 * i..2 * i + 3], &masses[2 * i..2 * i + 2]));
        let error = triples
            .map(|(z, mass): (&[f64], &[f64])| {
                let whole = mass[0] + mass[1];
                let chord = if whole > 0.0 { z[0] + (z[2] - z[0]) * mass[0] / whole } else { z[1] };
                // A parabola over a chord has two thirds of its height as its mean.
                2.0 / 3.0 * whole * (z[1] - chord).abs()
            })
            .sum::<f64>();
        let mass = masses.iter().sum::<f64>();
        let finer = (error / (CHORDS * mass)).sqrt().min(MOST_PARTS as f64);
        (PARTS * finer.ceil().max(1.0) as usize).next_power_of_two().min(MOST_PARTS)
    }
}

/// The probability of [a, b] under N(0, 1), from the tail that is smaller.
fn normal_mass(a: f64, b: f64) -> f64 {
    if a >= 0.0 {
        normal::distribution(-a) - normal::distribution(-b)
    } else {
        normal::distribution(b) - normal::distribution(a)
    }
}
