//! Sampling of a start that adapts itself to what the flow does with it.
//!
//! The start is the image z = z₀(g) of independent standard normals g = (g_1, …, g_P), one for each
//! coordinate that is not a point, smooth even in the tails (z₀ = quantile ∘ Φ in each). The space of g is
//! cut into boxes, *panels*, with Gauss–Legendre nodes in tensor product on each: atoms at z₀(g), their
//! weights those of φ(g) dg. While the flow carries them, z(t, g) on a panel is a polynomial through its
//! atoms. Where it stops being one (between neurons that part company, at the edge of those that have come to
//! rest), the panel is split in two along the direction that needs it most, and the polynomial is read at the
//! new nodes.
//!
//! The flow map is smooth in g almost everywhere: on Fig. 1 of MMN 2018, 80 atoms that become 500 err by 1e-7
//! at t = 10, where 400 atoms of equal weight err by 4e-4. Quadrature weights are scaled once, when a panel
//! is made, to the panel's probability.
//!
//! A start of several parts is the image of normals part by part: each has panels of its own, and its share
//! of the probability. One that needs fewer normals than others does not vary along the last of them.

mod quadrature;
mod rule;

use meanfield_model::joint_start::StartPart;
use meanfield_model::normal;
use ndarray::Array3;
use rule::Rule;

/// Most nodes of a panel along each direction, for starts of one, two, three and more directions; fewer
/// where fewer atoms are wanted, so that a start of half as many is coarser.
const NODES: [usize; 4] = [8, 6, 4, 4];
/// Fewest: the two highest coefficients of a straight line are 0.
const FEWEST_NODES: usize = 4;
/// Fewest panels along a direction.
const FEWEST: usize = 1;
/// |g| beyond this has probability 1.2e-15. Few nodes reach less far: about as far as those of Gauss and
/// Hermite.
const REACH: f64 = 8.0;
const REACH_OF_FEW: f64 = 0.9;
/// Panels at g = 0 are about sinh(g)/g times as narrow as equal ones would be.
const GRADING: f64 = 2.0;
/// A root of the number of atoms is rounded by less.
const ROUNDING: f64 = 1e-9;
/// A break that is no further from an end of a panel is that end.
const APART: f64 = 1e-6;

/// Panels of g, and how finely they have to follow the flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Panels {
    rule: Rule,
    directions: usize,
    /// End of the outermost panels, to which all that lies beyond belongs.
    reach: f64,
    /// Lower and upper end along each direction, panel by panel.
    ends: Vec<[f64; 2]>,
    /// The part of the start that each panel belongs to, in order.
    part_of: Vec<usize>,
    /// The probability of each part.
    shares: Vec<f64>,
    /// Largest part that a panel may leave unresolved: its mass times the highest coefficients of z(t, g).
    tolerance: f64,
    /// Most atoms.
    most: usize,
}

/// End `i` of `count` panels on [−reach, reach], narrower near 0.
fn graded_end(i: usize, count: usize, reach: f64) -> f64 {
    let place = 2.0 * i as f64 / count as f64 - 1.0;
    reach * (GRADING * place).sinh() / GRADING.sinh()
}

/// Ends of so many panels along a direction, and of those that end at breaks too.
fn line(count: usize, reach: f64, breaks: &[f64]) -> Vec<f64> {
    let mut ends: Vec<f64> = (0..=count).map(|i| graded_end(i, count, reach)).collect();
    let are_new = breaks.iter().filter(|g| g.abs() < reach - APART);
    let new: Vec<f64> =
        are_new.filter(|g| ends.iter().all(|end| (end - **g).abs() > APART)).copied().collect();
    ends.extend(new);
    ends.sort_by(f64::total_cmp);
    ends
}

/// The sides of all boxes between the ends of each direction, the last direction running fastest.
fn boxes(lines: &[Vec<f64>]) -> Vec<[f64; 2]> {
    let mut boxes: Vec<Vec<[f64; 2]>> = vec![Vec::new()];
    for line in lines {
        let longer = boxes
            .iter()
            .flat_map(|sides| line.windows(2).map(move |ends| [&sides[..], &[[ends[0], ends[1]]]].concat()));
        boxes = longer.collect();
    }
    boxes.concat()
}

/// Recorded shares this close to one another are one: weights are scaled up to rounding.
const SAME: f64 = 1e-9;

/// A part of a start, as panels see it.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelPart {
    /// Its probability.
    pub share: f64,
    /// For each normal that it is the image of, where the coordinates jump or bend.
    pub breaks: Vec<Vec<f64>>,
}

impl From<&StartPart> for PanelPart {
    fn from(part: &StartPart) -> Self {
        Self { share: part.weight, breaks: part.breaks() }
    }
}

impl Panels {
    /// Panels of so many directions with about `atoms` nodes at first. None splits once there are `most`.
    pub fn new(directions: usize, atoms: usize, tolerance: f64, most: usize) -> Self {
        Self::with_breaks(&vec![Vec::new(); directions], atoms, tolerance, most)
    }

    /// The same for a start that jumps or bends where g has these values along each direction: panels end
    /// there, too.
    pub fn with_breaks(breaks: &[Vec<f64>], atoms: usize, tolerance: f64, most: usize) -> Self {
        Self::of_parts(&[PanelPart { share: 1.0, breaks: breaks.to_vec() }], atoms, tolerance, most)
    }

    /// The same for a start of several parts, with about `atoms` nodes for each.
    pub fn of_parts(parts: &[PanelPart], atoms: usize, tolerance: f64, most: usize) -> Self {
        let directions = parts.iter().map(|part| part.breaks.len()).max().unwrap_or(0);
        let along = (atoms as f64).powf((directions.max(1) as f64).recip()) - ROUNDING;
        let most_nodes = NODES[directions.clamp(1, NODES.len()) - 1];
        let rule = Rule::new((along.ceil() as usize).clamp(FEWEST_NODES, most_nodes));
        let count = (along / rule.nodes.len() as f64).ceil().max(FEWEST as f64) as usize;
        let reach = (REACH_OF_FEW * (2.0 * (count * rule.nodes.len()) as f64).sqrt()).min(REACH);
        let shares = parts.iter().map(|part| part.share).collect();
        let (ends, part_of) = (Vec::new(), Vec::new());
        let mut panels = Self { rule, directions, reach, ends, part_of, shares, tolerance, most: 0 };
        for (i, part) in parts.iter().enumerate() {
            let mut lines: Vec<Vec<f64>> =
                part.breaks.iter().map(|breaks| line(count, reach, breaks)).collect();
            lines.resize(directions, vec![-reach, reach]);
            let own = boxes(&lines);
            let more = own.len().checked_div(directions).unwrap_or(1);
            panels.part_of.extend(std::iter::repeat_n(i, more));
            panels.ends.extend(own);
        }
        Self { most: most.max(panels.atoms()), ..panels }
    }

    /// The panels of a recorded map, shape (panel, direction, 2), to be split on as these are; None where a
    /// map whose nodes have these weights cannot be one on such panels. Neighbours with one share of their
    /// probability are of one part.
    pub fn recorded(sides: &Array3<f64>, weights: &[f64], tolerance: f64, most: usize) -> Option<Self> {
        let reach = sides.iter().fold(0.0, |reach: f64, end| reach.max(end.abs()));
        let ends: Vec<f64> = sides.iter().copied().collect();
        let nodes = nodes_along(weights.len().checked_div(sides.dim().0)?, sides.dim().1)?;
        let first = Self { reach, rule: Rule::new(nodes), ..Self::new(sides.dim().1, 1, tolerance, most) };
        let panels = first.with_ends(&ends, &[])?;
        let fits = panels.atoms() == weights.len();
        fits.then(|| Self { most: most.max(weights.len()), ..panels.with_shares_of(weights) })
    }

    /// The panels with the shares that nodes of these weights show.
    fn with_shares_of(self, weights: &[f64]) -> Self {
        let (mut shares, mut part_of) = (Vec::new(), Vec::new());
        for (i, own) in weights.chunks(self.per_panel().max(1)).enumerate() {
            let normals: f64 = self.panel(i).iter().map(|ends| self.mass(*ends)).product();
            let share = own.iter().sum::<f64>() / normals;
            let known = shares.last().is_some_and(|last: &f64| (share - last).abs() <= SAME * last);
            if (share.is_finite() && !known) || shares.is_empty() {
                shares.push(if (share - 1.0).abs() <= SAME { 1.0 } else { share });
            }
            part_of.push(shares.len() - 1);
        }
        Self { part_of, shares, ..self }
    }

    /// Number of atoms.
    pub fn atoms(&self) -> usize {
        self.count() * self.per_panel()
    }

    /// Number of panels; a part of a start without directions is one atom, its only panel.
    fn count(&self) -> usize {
        self.part_of.len()
    }

    /// Panels of each part.
    pub fn counts(&self) -> Vec<usize> {
        (0..self.shares.len()).map(|part| self.part_of.iter().filter(|of| **of == part).count()).collect()
    }

    /// Atoms on a panel.
    fn per_panel(&self) -> usize {
        self.rule.nodes.len().pow(self.directions as u32)
    }

    /// The ends of all panels as plain numbers, to be saved.
    pub fn ends(&self) -> impl Iterator<Item = f64> + '_ {
        self.ends.iter().flatten().copied()
    }

    /// The ends of all panels, shape (panel, direction, 2).
    pub fn sides(&self) -> Array3<f64> {
        let shape = (self.count(), self.directions, 2);
        Array3::from_shape_fn(shape, |(i, direction, end)| self.panel(i)[direction][end])
    }

    /// These panels with saved ends, so many for each part, by default all for the first; None if they cannot
    /// be ends of panels.
    pub fn with_ends(&self, ends: &[f64], counts: &[usize]) -> Option<Self> {
        let (ends, rest) = ends.as_chunks::<2>();
        let whole = rest.is_empty() && ends.len().checked_rem(self.directions).unwrap_or(ends.len()) == 0;
        let increasing = ends.iter().all(|[from, to]| from < to);
        let first = ends.len().checked_div(self.directions).unwrap_or(self.shares.len());
        let counts = if counts.is_empty() { &[first] } else { counts };
        let fits = counts.len() == self.shares.len()
            && counts.iter().try_fold(0_usize, |sum, count| sum.checked_add(*count)) == Some(first);
        if !(whole && increasing && fits && (self.directions == 0 || !ends.is_empty())) {
            return None;
        }
        let part_of = counts.iter().enumerate().flat_map(|(part, count)| std::iter::repeat_n(part, *count));
        Some(Self { ends: ends.to_vec(), part_of: part_of.collect(), ..self.clone() })
    }

    /// (g, weight) of every atom. The weights on a panel are Gauss–Legendre's for φ dg, scaled so that their
    /// sum is the panel's probability: all together sum to 1.
    pub fn nodes(&self) -> impl Iterator<Item = (Vec<f64>, f64)> + '_ {
        self.nodes_of_parts().map(|(_, g, weight)| (g, weight))
    }

    /// The same, and before them the part of the start that each belongs to.
    pub fn nodes_of_parts(&self) -> impl Iterator<Item = (usize, Vec<f64>, f64)> + '_ {
        (0..self.count()).flat_map(|i| {
            let lines: Vec<Vec<(f64, f64)>> = self.panel(i).iter().map(|ends| self.on_line(*ends)).collect();
            let (part, share) = (self.part_of[i], self.share(i));
            tensor(self.rule.nodes.len(), self.directions).map(move |at| {
                let nodes = at.iter().zip(&lines).map(|(k, line)| line[*k]);
                let weight: f64 = nodes.clone().map(|(_, weight)| weight).product();
                (part, nodes.map(|(g, _)| g).collect(), share * weight)
            })
        })
    }

    /// The probability of the part that panel `i` belongs to.
    fn share(&self, i: usize) -> f64 {
        self.shares[self.part_of[i]]
    }

    /// (g, weight) of the nodes on one side of a panel.
    fn on_line(&self, ends: [f64; 2]) -> Vec<(f64, f64)> {
        let middle = 0.5 * (ends[0] + ends[1]);
        let half = 0.5 * (ends[1] - ends[0]);
        let at = self.rule.nodes.iter().map(|x| middle + half * x);
        let raw: Vec<(f64, f64)> =
            at.zip(&self.rule.weights).map(|(g, weight)| (g, weight * normal::density(g))).collect();
        let scale = self.mass(ends) / raw.iter().map(|(_, weight)| weight).sum::<f64>();
        raw.into_iter().map(|(g, weight)| (g, scale * weight)).collect()
    }

    /// Probability of an interval of g; the outermost ones go on to infinity. From the tail that is smaller.
    fn mass(&self, [from, until]: [f64; 2]) -> f64 {
        let from = if from <= -self.reach { f64::NEG_INFINITY } else { from };
        let until = if until >= self.reach { f64::INFINITY } else { until };
        match from >= 0.0 {
            true => normal::distribution(-from) - normal::distribution(-until),
            false => normal::distribution(until) - normal::distribution(from),
        }
    }

    /// The sides of panel `i`.
    fn panel(&self, i: usize) -> &[[f64; 2]] {
        &self.ends[i * self.directions..(i + 1) * self.directions]
    }

    /// The part that panel `i` leaves unresolved along a direction: its mass times the highest coefficients
    /// there of the coordinate that has the largest, on average over the other directions.
    fn unresolved(&self, i: usize, direction: usize, positions: &[f64]) -> f64 {
        let normals: f64 = self.panel(i).iter().map(|ends| self.mass(*ends)).product();
        let probability = self.share(i) * normals;
        let on_panel = self.on_panel(i, positions);
        let count = positions.len() / self.atoms();
        probability
            * self
                .rule
                .highest()
                .iter()
                .map(|row: &Vec<f64>| {
                    let across = self.rule.nodes.len().pow(self.directions as u32 - 1);
                    let mut sizes = vec![0.0; count];
                    self.for_each_line(direction, |first, stride| {
                        for (c, size) in sizes.iter_mut().enumerate() {
                            let at = |k: usize| on_panel[(first + k * stride) * count + c];
                            *size += row.iter().enumerate().map(|(k, a)| a * at(k)).sum::<f64>().abs()
                                / across as f64;
                        }
                    });
                    sizes.into_iter().fold(0.0, f64::max)
                })
                .fold(0.0, f64::max)
    }

    /// First node and distance of neighbours of every line of nodes of a panel along a direction.
    fn for_each_line(&self, direction: usize, mut line: impl FnMut(usize, usize)) {
        let count = self.rule.nodes.len();
        let stride = count.pow((self.directions - 1 - direction) as u32);
        (0..self.per_panel())
            .filter(|i| (i / stride).is_multiple_of(count))
            .for_each(|first| line(first, stride));
    }

    /// The positions of a panel's atoms.
    fn on_panel<'a>(&self, i: usize, positions: &'a [f64]) -> &'a [f64] {
        let length = positions.len() / self.count();
        &positions[i * length..(i + 1) * length]
    }

    /// The direction along which a panel leaves most unresolved, and how much.
    fn worst(&self, i: usize, positions: &[f64]) -> (usize, f64) {
        let each =
            (0..self.directions).map(|direction| (direction, self.unresolved(i, direction, positions)));
        each.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
    }

    /// The sum of what all panels leave unresolved of the map, and of what their weights leave out of
    /// integrals: an estimate of the Wasserstein distance to the law itself. Positions are those of all
    /// atoms, atom by atom.
    pub fn sampling_error(&self, positions: &[f64]) -> f64 {
        let of_map: f64 = (0..self.count()).map(|i| self.worst(i, positions).1).sum();
        of_map + self.left_out_by_weights(positions)
    }

    /// Splits every panel that leaves too much unresolved, once; None if there is none, or no room. The
    /// coordinates of new atoms are no less than `lower`.
    pub fn split(&mut self, positions: &[f64], lower: &[f64]) -> Option<Vec<f64>> {
        self.split_before(positions, positions, lower)
    }

    /// [`split`](Self::split) by what is unresolved once the atoms are at `after`; new atoms are read where
    /// the present ones are, at `positions`.
    pub fn split_before(&mut self, after: &[f64], positions: &[f64], lower: &[f64]) -> Option<Vec<f64>> {
        let worst: Vec<(usize, f64)> = (0..self.count()).map(|i| self.worst(i, after)).collect();
        if self.atoms() >= self.most || !worst.iter().any(|(_, left): &(usize, f64)| *left > self.tolerance) {
            return None;
        }
        let mut ends = Vec::new();
        let mut part_of = Vec::new();
        let mut moved = Vec::new();
        for (i, (direction, left)) in worst.into_iter().enumerate() {
            part_of.push(self.part_of[i]);
            if left <= self.tolerance {
                ends.extend(self.panel(i));
                moved.extend(self.on_panel(i, positions));
                continue;
            }
            part_of.push(self.part_of[i]);
            for side in 0..2 {
                ends.extend(self.half(i, direction, side));
                moved.extend(self.read(self.on_panel(i, positions), direction, side, lower));
            }
        }
        (self.ends, self.part_of) = (ends, part_of);
        Some(moved)
    }

    /// The sides of one half of a panel.
    fn half(&self, i: usize, direction: usize, side: usize) -> Vec<[f64; 2]> {
        let mut sides = self.panel(i).to_vec();
        let [from, until] = sides[direction];
        sides[direction][1 - side] = 0.5 * (from + until);
        sides
    }

    /// The polynomial of a panel at the nodes of one half.
    fn read(&self, on_panel: &[f64], direction: usize, side: usize, lower: &[f64]) -> Vec<f64> {
        let mut moved = vec![0.0; on_panel.len()];
        let count = lower.len();
        self.for_each_line(direction, |first, stride| {
            for (k, row) in self.rule.halves[side].iter().enumerate() {
                for (c, lower) in lower.iter().enumerate() {
                    let at = |k: usize| on_panel[(first + k * stride) * count + c];
                    let z: f64 = row.iter().enumerate().map(|(k, a)| a * at(k)).sum();
                    moved[(first + k * stride) * count + c] = z.max(*lower);
                }
            }
        });
        moved
    }
}

/// How many nodes along each of so many directions a panel of so many has; None where it is no such cube.
fn nodes_along(per_panel: usize, directions: usize) -> Option<usize> {
    (FEWEST_NODES..=NODES[0]).find(|along| along.checked_pow(directions as u32) == Some(per_panel))
}

/// All points of a cube of so many numbers along each of so many directions, the last running fastest.
fn tensor(count: usize, directions: usize) -> impl Iterator<Item = Vec<usize>> {
    (0..count.pow(directions as u32)).map(move |i| {
        (0..directions).rev().map(|direction| i / count.pow(direction as u32) % count).collect()
    })
}

#[cfg(test)]
mod tests;
