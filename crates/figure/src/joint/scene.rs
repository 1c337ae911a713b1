//! The panels of the figure of joint laws: snapshots are columns, pairs of coordinates rows that share their
//! axes. It does not choose which systems are drawn, and makes no legend.

use meanfield_model::marginal::Marginal;
use meanfield_model::measure::Measure;
use meanfield_run::record::Record;

use super::super::heat::Heat;
use super::super::names::{has_lower_end, symbol};
use super::super::panel::Panel;
use super::super::picture::Picture;
use super::super::scale::{Kind, Scale};
use super::super::shape::finite_part;
use super::super::static_system::snapshot_of;
use super::contour::contours;
use super::plotted::{Plotted, Representation};
use meanfield_compare::align;

/// Most atoms of a system in a panel; over a map, which must stay visible, most dots and most rings.
const MOST_ATOMS: usize = 400;
const MOST_OVER_A_MAP: (usize, usize) = (160, 40);
/// Most dots and rings on a page, so that files stay small.
const MOST_ON_A_PAGE: usize = 2400;
/// Share of the mass that may lie beyond each end of an axis: one neuron far out must not squeeze the others.
const BEYOND: f64 = 0.004;
/// Shares of the mass that contours hold, and their width in points.
pub const CONTOURS: [f64; 2] = [0.5, 0.95];
const CONTOUR_WIDTH: f64 = 0.9;
/// Radius of a dot, largest radius of a ring, and the share of a panel that all rings cover together, in
/// points.
const DOT: f64 = 0.6;
const LARGEST_RING: f64 = 3.0;
const COVERED: f64 = 0.02;
/// The golden ratio.
const GOLDEN: f64 = 1.618_033_988_749_895;
/// Sides of the panels at most, and the spaces between them.
const LARGEST_SIDE: f64 = 170.0;
const LARGEST_IN_ONE_ROW: f64 = 226.0;
const BETWEEN: f64 = 8.0;
const BETWEEN_PAIRS: f64 = 46.0;
/// Least side of panels of pairs beside each other.
const SMALLEST_SIDE: f64 = 100.0;
const BELOW: f64 = 37.0;

/// Places of the panels.
pub struct PairGrid {
    left: f64,
    top: f64,
    side: f64,
    /// From one panel to the next in its row.
    pitch: f64,
    /// Rows on the page.
    rows: usize,
    /// Whether the pairs stand beside each other: there is one snapshot.
    is_across: bool,
}

impl PairGrid {
    /// Square panels in rows and columns, which fill a width where they are not too tall for a page then.
    pub fn new(left: f64, top: f64, width: f64, [rows, columns]: [usize; 2]) -> Self {
        let across = (width + BETWEEN_PAIRS) / rows as f64 - BETWEEN_PAIRS;
        if columns == 1 && rows > 1 && across >= SMALLEST_SIDE {
            let side = across.min(LARGEST_IN_ONE_ROW);
            return Self { left, top, side, pitch: side + BETWEEN_PAIRS, rows: 1, is_across: true };
        }
        let side = (width + BETWEEN) / columns as f64 - BETWEEN;
        let side = side.min(if rows > 1 { LARGEST_SIDE } else { LARGEST_IN_ONE_ROW });
        Self { left, top, side, pitch: side + BETWEEN, rows, is_across: false }
    }

    /// The middle of a column.
    pub fn middle(&self, column: usize) -> f64 {
        self.left + column as f64 * self.pitch + 0.5 * self.side
    }

    /// The lower end of all.
    pub fn bottom(&self) -> f64 {
        self.top + self.rows as f64 * (self.side + BELOW)
    }

    /// The panel of a pair at a snapshot.
    fn panel(&self, pair: usize, snapshot: usize, [x, y]: [Scale; 2]) -> Panel {
        let [row, column] = if self.is_across { [0, pair] } else { [pair, snapshot] };
        let left = self.middle(column) - 0.5 * self.side;
        let top = self.top + row as f64 * (self.side + BELOW);
        Panel { left, top, width: self.side, height: self.side, x, y }
    }
}

/// A pair of coordinates and the scales of its panels.
pub struct PairRow {
    pair: [String; 2],
    scales: [Scale; 2],
}

/// Numbers of atoms of a system in one panel.
pub struct AtomCounts {
    /// Most that are drawn.
    pub drawn: usize,
    /// Most that there are.
    pub all: usize,
}

/// All panels.
pub struct Scene<'a> {
    /// The systems in the order of drawing.
    pub systems: &'a [Plotted<'a>],
    /// Numbers of atoms of each system; None if it has no law at any time.
    pub counts: Vec<Option<AtomCounts>>,
    /// The snapshots at which any system has a law.
    pub times: Vec<f64>,
    /// The pairs.
    pub rows: Vec<PairRow>,
}

/// The laws of a system's runs at one time.
type Laws<'a> = Vec<&'a Measure>;

impl<'a> Scene<'a> {
    /// Panels of these pairs at the times at which any system has a law.
    pub fn of(systems: &'a [Plotted<'a>], pairs: Vec<[String; 2]>, times: &[f64]) -> Self {
        let drawn = times.iter().copied().filter(|time| systems.iter().any(|s| !laws(s, *time).is_empty()));
        let times: Vec<f64> = drawn.collect();
        let rows: Vec<PairRow> = pairs
            .into_iter()
            .map(|pair: [String; 2]| PairRow {
                scales: pair.each_ref().map(|coordinate| scale(systems, &times, coordinate)),
                pair,
            })
            .collect();
        let panels = rows.len() * times.len();
        let counts = systems
            .iter()
            .map(|system: &Plotted| {
                let all = most_atoms(system, &times)?;
                let limit = atom_limit(systems, system.representation, panels);
                Some(AtomCounts { drawn: all.min(limit), all })
            })
            .collect();
        Self { systems, counts, times, rows }
    }

    /// Draws all panels.
    pub fn draw(&self, page: &mut Picture, grid: &PairGrid) {
        for (i, row) in self.rows.iter().enumerate() {
            for (column, time) in self.times.iter().enumerate() {
                let panel = grid.panel(i, column, row.scales);
                for (system, counts) in self.systems.iter().zip(&self.counts) {
                    let most = counts.as_ref().map_or(0, |counts| counts.drawn);
                    draw_system(page, &panel, (system, *time, most), row);
                }
                panel.letter(page, i * self.times.len() + column, self.rows.len() * self.times.len());
                let [x, y] = row.pair.each_ref().map(|coordinate| symbol(coordinate));
                if column == 0 {
                    panel.axes(page, Some(&x), Some(&y));
                } else {
                    panel.axes_beside_another(page, &x);
                }
            }
        }
    }
}

/// Draws the law of a system at a time, with at most this many atoms.
fn draw_system(
    page: &mut Picture,
    panel: &Panel,
    (system, time, most): (&Plotted, f64, usize),
    row: &PairRow,
) {
    let laws = laws(system, time);
    let neurons = system.record.neurons();
    let places = row.pair.each_ref().map(|name| neurons.and_then(|law| law.place(name)));
    let [Some(first), Some(second)] = places else { return };
    match system.representation {
        Representation::Map(ramp) => {
            let map = laws.first().and_then(|law| Some((law.axes()?, law.pair_marginal(first, second)?)));
            let Some((axes, mass)) = map else { return };
            Heat::of([&axes[first], &axes[second]], &mass, row.scales).draw(page, panel, ramp);
        }
        Representation::Contours => {
            let plane = laws.first().and_then(|law| Some((law.axes()?, law.pair_marginal(first, second)?)));
            let Some((axes, mass)) = plane else { return };
            for share in CONTOURS {
                for curve in contours([&axes[first], &axes[second]], &mass, share) {
                    panel.curve(page, &curve, system.look.colour, &[], CONTOUR_WIDTH);
                }
            }
        }
        Representation::Dots => {
            for (x, y, _) in chosen_atoms(&laws, (first, second), most) {
                panel.dot(page, (x, y), DOT, system.look.colour);
            }
        }
        Representation::Rings(mark) => {
            let atoms = chosen_atoms(&laws, (first, second), most);
            let radii = ring_radii(&atoms, panel.width * panel.height);
            for (&(x, y, _), radius) in atoms.iter().zip(radii) {
                panel.outline(page, mark, ((x, y), radius), system.look.colour);
            }
        }
    }
}

/// Most atoms of all runs of a system at any of these times; None if it has no law then.
fn most_atoms(system: &Plotted, times: &[f64]) -> Option<usize> {
    let laws = times.iter().map(|time| laws(system, *time)).filter(|laws| !laws.is_empty());
    laws.map(|laws| laws.into_iter().map(atom_count).sum()).max()
}

/// Most atoms of a system that are drawn in a panel, if there are this many panels.
fn atom_limit(systems: &[Plotted], representation: Representation, panels: usize) -> usize {
    let maps =
        systems.iter().filter(|system| matches!(system.representation, Representation::Map(_))).count();
    let own = match representation {
        _ if maps == 0 => MOST_ATOMS,
        Representation::Rings(_) => MOST_OVER_A_MAP.1,
        Representation::Dots | Representation::Map(_) | Representation::Contours => MOST_OVER_A_MAP.0,
    };
    let on_a_page = MOST_ON_A_PAGE / (panels * (systems.len() - maps)).max(1);
    own.min(on_a_page.max(40))
}

/// The laws of a system's runs at a time; empty if there is no snapshot then.
fn laws<'a>(system: &Plotted<'a>, time: f64) -> Laws<'a> {
    let record: &'a Record = system.record;
    let Some(snapshot) = snapshot_of(record, system.is_constant, time) else { return Vec::new() };
    (0..record.runs()).filter_map(|run| record.law(run, snapshot)).collect()
}

/// The number of a law's atoms; 0 on a grid.
fn atom_count(law: &Measure) -> usize {
    law.atoms().map_or(0, |(_, weights)| weights.len())
}

/// At most this many atoms of all runs, each with an equal share of the mass or, if its own is larger, with
/// several. One is chosen in each share, at a place that multiples of the golden ratio vary: nodes of a
/// quadrature are periodic.
fn chosen_atoms(laws: &[&Measure], (first, second): (usize, usize), most: usize) -> Vec<(f64, f64, f64)> {
    let mut all: Vec<(f64, f64, f64)> = Vec::new();
    for law in laws {
        let Some((points, weights)) = law.atoms() else { continue };
        all.extend(points.rows().into_iter().zip(weights).map(|(z, w)| (z[first], z[second], *w)));
    }
    if all.len() <= most {
        return all;
    }
    let share = all.iter().map(|atom| atom.2).sum::<f64>() / most as f64;
    let mut passed = 0.0;
    let mut next = 0;
    let mut chosen = Vec::with_capacity(most);
    for (x, y, weight) in all {
        passed += weight;
        let before = next;
        while next < most && (next as f64 + (GOLDEN * (next + 1) as f64).fract()) * share < passed {
            next += 1;
        }
        if next > before {
            chosen.push((x, y, share * (next - before) as f64));
        }
    }
    chosen
}

/// Radii of rings with areas in proportion to weights, which cover a share of the panel's area together.
fn ring_radii(atoms: &[(f64, f64, f64)], area: f64) -> Vec<f64> {
    let total: f64 = atoms.iter().map(|atom| atom.2).sum();
    let radii: Vec<f64> =
        atoms.iter().map(|atom| (COVERED * area * atom.2 / (total * std::f64::consts::PI)).sqrt()).collect();
    let largest = radii.iter().copied().fold(0.0, f64::max);
    let smaller = f64::min(1.0, LARGEST_RING / largest.max(1e-9));
    radii.into_iter().map(|radius| smaller * radius).collect()
}

/// The scale of a coordinate, from one end of the bulk to the other over all laws and times, and a little
/// more; a radius is not negative.
fn scale(systems: &[Plotted], times: &[f64], coordinate: &str) -> Scale {
    let mut ends: Vec<f64> = Vec::new();
    for (system, time) in systems.iter().flat_map(|system| times.iter().map(move |time| (system, *time))) {
        let Some(own) = system.record.neurons().and_then(|law| law.place(coordinate)) else { continue };
        let Some(snapshot) = snapshot_of(system.record, system.is_constant, time) else { continue };
        let law: Option<Marginal> = align::pooled_law(system.record, own, snapshot);
        if let Some(law) = law.and_then(|law| finite_part(&law)) {
            ends.extend([law.quantile(BEYOND), law.quantile(1.0 - BEYOND)]);
        }
    }
    let scale = Scale::covering(Kind::Linear, ends, 0.08);
    match (has_lower_end(coordinate), scale.ends()) {
        // A scale that begins near 0 begins there.
        (true, [from, until]) if from < 0.2 * until => Scale::linear(0.0, until),
        _ => scale,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_of_many_atoms_are_spread_over_all() {
        let points: Vec<f64> = (0..1000).map(f64::from).collect();
        let law = Measure::equal_atoms(&points);
        let some = chosen_atoms(&[&law], (0, 0), 100);
        let places = some.iter().map(|atom| (atom.0 / 10.0) as usize);
        assert!(places.eq(0..100), "{some:?}");
        let ends: std::collections::BTreeSet<u64> = some.iter().map(|atom| atom.0 as u64 % 10).collect();
        assert_eq!(ends.len(), 10, "chosen with the period of the shares");
        assert_eq!(chosen_atoms(&[&law], (0, 0), 1000).len(), 1000);
    }

    #[test]
    fn chosen_atoms_stand_for_the_mass() {
        // Nearly all atoms weigh nothing; those that weigh are chosen.
        let light = (0..900).map(|i| (f64::from(i), 1e-9));
        let heavy = (0..100).map(|i| (1000.0 + f64::from(i), if i < 10 { 5.0 } else { 1.0 }));
        let (points, weights): (Vec<f64>, Vec<f64>) = light.chain(heavy).unzip();
        let mut law = Measure::equal_atoms(&points);
        let Measure::Atoms { weights: own, .. } = &mut law else { unreachable!() };
        *own = weights.into();
        let some = chosen_atoms(&[&law], (0, 0), 70);
        let mass = [0.0, 1000.0, 1010.0]
            .map(|from| some.iter().filter(|atom| atom.0 >= from).map(|atom| atom.2).sum::<f64>());
        assert!(some.len() <= 70 && (mass[0] - 140.0).abs() < 1e-5 && mass[1] == mass[0], "{some:?}");
        assert!((mass[2] - 90.0).abs() < 5.0, "{some:?}");
    }

    #[test]
    fn areas_of_rings_are_in_proportion_to_weights() {
        let radii = ring_radii(&[(0.0, 0.0, 0.1), (0.0, 0.0, 0.4)], 100.0);
        assert!((radii[1] / radii[0] - 2.0).abs() < 1e-12);
        let covered: f64 = radii.iter().map(|r| std::f64::consts::PI * r * r).sum();
        assert!((covered - 100.0 * COVERED).abs() < 1e-9);
        assert!(ring_radii(&[(0.0, 0.0, 1.0)], 1e4)[0] <= LARGEST_RING);
    }

    #[test]
    fn pairs_of_one_snapshot_stand_beside_each_other() {
        let scales = [Scale::linear(0.0, 1.0); 2];
        let across = PairGrid::new(46.0, 0.0, 456.0, [3, 1]);
        let [first, last] = [0, 2].map(|pair| across.panel(pair, 0, scales));
        assert!(first.top == last.top && (last.left + last.width - 502.0).abs() < 1e-9);
        assert!(across.bottom() < first.top + first.height + BELOW + 1e-9);
        let below = PairGrid::new(46.0, 0.0, 456.0, [3, 2]);
        let [first, last] = [0, 2].map(|pair| below.panel(pair, 1, scales));
        assert!(first.left == last.left && last.top > first.top + 2.0 * first.height);
        let narrow = PairGrid::new(46.0, 0.0, 200.0, [3, 1]);
        assert!(narrow.panel(2, 0, scales).top > narrow.panel(0, 0, scales).top, "too narrow");
    }
}
