//! What stands in which panel of the figure of pairs: snapshots are columns, pairs of coordinates rows that
//! share their axes.

use meanfield_model::marginal::Marginal;
use meanfield_model::measure::Measure;
use meanfield_run::record::Record;

use super::super::heat::Heat;
use super::super::names::{has_lower_end, symbol};
use super::super::panel::Panel;
use super::super::picture::Picture;
use super::super::scale::{Kind, Scale};
use super::super::shape::finite;
use super::super::standing::snapshot_of;
use super::actor::{Actor, Role};
use super::contour::contours;
use meanfield_compare::align;

/// Most atoms of a system in a panel; upon a map, which must stay visible, most dots and most rings.
const MOST_ATOMS: usize = 400;
const MOST_UPON_A_MAP: (usize, usize) = (160, 40);
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
const BETWEEN: f64 = 8.0;
const BELOW: f64 = 37.0;

/// Where the panels stand.
pub struct Grid {
    left: f64,
    top: f64,
    side: f64,
}

impl Grid {
    /// Square panels, so many side by side in a width.
    pub fn new(left: f64, top: f64, width: f64, columns: usize) -> Self {
        let side = (width + BETWEEN) / columns as f64 - BETWEEN;
        Self { left, top, side: side.min(LARGEST_SIDE) }
    }

    /// The middle of a column.
    pub fn middle(&self, column: usize) -> f64 {
        self.left + column as f64 * (self.side + BETWEEN) + 0.5 * self.side
    }

    /// The lower end of so many rows.
    pub fn bottom(&self, rows: usize) -> f64 {
        self.top + rows as f64 * (self.side + BELOW)
    }

    fn panel(&self, row: usize, column: usize, [x, y]: [Scale; 2]) -> Panel {
        let left = self.middle(column) - 0.5 * self.side;
        let top = self.top + row as f64 * (self.side + BELOW);
        Panel { left, top, width: self.side, height: self.side, x, y }
    }
}

/// A pair of coordinates and the scales of its panels.
pub struct Row {
    pair: [String; 2],
    scales: [Scale; 2],
}

/// All panels.
pub struct Scene<'a> {
    /// Who is drawn.
    pub actors: &'a [Actor<'a>],
    /// Of each, how many of its atoms are drawn, and how many there are at most; None if it is seen nowhere.
    pub drawn: Vec<Option<(usize, usize)>>,
    /// The snapshots at which anything is seen.
    pub times: Vec<f64>,
    /// The pairs.
    pub rows: Vec<Row>,
}

/// The law of an actor at one time: those of its runs.
type Laws<'a> = Vec<&'a Measure>;

impl<'a> Scene<'a> {
    /// These pairs at the times at which any actor has a law.
    pub fn of(actors: &'a [Actor<'a>], pairs: Vec<[String; 2]>, times: &[f64]) -> Self {
        let seen = |time: &f64| actors.iter().any(|actor| !laws(actor, *time).is_empty());
        let times: Vec<f64> = times.iter().copied().filter(seen).collect();
        let scales = |pair: &[String; 2]| [0, 1].map(|k| scale(actors, &times, &pair[k]));
        let rows: Vec<Row> = pairs.into_iter().map(|pair| Row { scales: scales(&pair), pair }).collect();
        let panels = rows.len() * times.len();
        let drawn = actors
            .iter()
            .map(|actor: &Actor| {
                let seen = times.iter().any(|time| !laws(actor, *time).is_empty());
                let all = times
                    .iter()
                    .map(|time: &f64| laws(actor, *time).iter().map(|law| atoms(law)).sum::<usize>())
                    .max()
                    .unwrap_or(0);
                seen.then(|| (all.min(most(actors, actor.role, panels)), all))
            })
            .collect();
        Self { actors, drawn, times, rows }
    }

    /// Draws all panels.
    pub fn draw(&self, page: &mut Picture, grid: &Grid) {
        for (i, row) in self.rows.iter().enumerate() {
            for (column, time) in self.times.iter().enumerate() {
                let panel = grid.panel(i, column, row.scales);
                for (actor, drawn) in self.actors.iter().zip(&self.drawn) {
                    let most = drawn.map_or(0, |(some, _)| some);
                    draw_actor(page, &panel, (actor, *time, most), row);
                }
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

/// Draws the law of an actor at a time, of atoms at most so many.
fn draw_actor(page: &mut Picture, panel: &Panel, (actor, time, most): (&Actor, f64, usize), row: &Row) {
    let laws = laws(actor, time);
    let place = |name: &String| actor.record.neurons().and_then(|law| law.place(name));
    let [Some(first), Some(second)] = [0, 1].map(|k| place(&row.pair[k])) else { return };
    match actor.role {
        Role::Map(ramp) => {
            let map = laws.first().and_then(|law| Some((law.axes()?, law.pair_marginal(first, second)?)));
            let Some((axes, mass)) = map else { return };
            Heat::of([&axes[first], &axes[second]], &mass, row.scales).draw(page, panel, ramp);
        }
        Role::Contours => {
            let plane = laws.first().and_then(|law| Some((law.axes()?, law.pair_marginal(first, second)?)));
            let Some((axes, mass)) = plane else { return };
            for share in CONTOURS {
                for curve in contours([&axes[first], &axes[second]], &mass, share) {
                    panel.curve(page, &curve, actor.look.colour, &[], CONTOUR_WIDTH);
                }
            }
        }
        Role::Dots => {
            for (x, y, _) in picked(&laws, (first, second), most) {
                panel.dot(page, (x, y), DOT, actor.look.colour);
            }
        }
        Role::Rings => {
            let atoms = picked(&laws, (first, second), most);
            let radii = ring_radii(&atoms, panel.width * panel.height);
            for (&(x, y, _), radius) in atoms.iter().zip(radii) {
                panel.ring(page, (x, y), radius, actor.look.colour);
            }
        }
    }
}

/// Most atoms of a system in a panel, if there are so many panels.
fn most(actors: &[Actor], role: Role, panels: usize) -> usize {
    let maps = actors.iter().filter(|actor| matches!(actor.role, Role::Map(_))).count();
    let own = match role {
        _ if maps == 0 => MOST_ATOMS,
        Role::Rings => MOST_UPON_A_MAP.1,
        Role::Dots | Role::Map(_) | Role::Contours => MOST_UPON_A_MAP.0,
    };
    let on_a_page = MOST_ON_A_PAGE / (panels * (actors.len() - maps)).max(1);
    own.min(on_a_page.max(40))
}

/// The laws of an actor's runs at a time; none where it was not seen.
fn laws<'a>(actor: &Actor<'a>, time: f64) -> Laws<'a> {
    let record: &'a Record = actor.record;
    let Some(snapshot) = snapshot_of(record, actor.stands, time) else { return Vec::new() };
    (0..record.runs()).filter_map(|run| record.law(run, snapshot)).collect()
}

fn atoms(law: &Measure) -> usize {
    law.atoms().map_or(0, |(_, weights)| weights.len())
}

/// At most so many atoms of all runs, each for an equal share of the mass or, if its own is larger, for
/// several. In each share one is chosen, at a place that multiples of the golden ratio vary: nodes of a
/// quadrature come in periods.
fn picked(laws: &[&Measure], (first, second): (usize, usize), most: usize) -> Vec<(f64, f64, f64)> {
    let mut all: Vec<(f64, f64, f64)> = Vec::new();
    for law in laws {
        let Some((points, weights)) = law.atoms() else { continue };
        all.extend(points.rows().into_iter().zip(weights).map(|(z, w)| (z[first], z[second], *w)));
    }
    if all.len() <= most {
        return all;
    }
    let share = all.iter().map(|atom| atom.2).sum::<f64>() / most as f64;
    let place = |i: usize| (i as f64 + (GOLDEN * (i + 1) as f64).fract()) * share;
    let mut passed = 0.0;
    let mut next = 0;
    let mut chosen = Vec::with_capacity(most);
    for (x, y, weight) in all {
        passed += weight;
        let before = next;
        while next < most && place(next) < passed {
            next += 1;
        }
        if next > before {
            chosen.push((x, y, share * (next - before) as f64));
        }
    }
    chosen
}

/// Areas in proportion to weights, a share of the panel's all together.
fn ring_radii(atoms: &[(f64, f64, f64)], area: f64) -> Vec<f64> {
    let total: f64 = atoms.iter().map(|atom| atom.2).sum();
    let radius = |weight: f64| (COVERED * area * weight / (total * std::f64::consts::PI)).sqrt();
    let largest = atoms.iter().map(|atom| radius(atom.2)).fold(0.0, f64::max);
    let smaller = f64::min(1.0, LARGEST_RING / largest.max(1e-9));
    atoms.iter().map(|atom| smaller * radius(atom.2)).collect()
}

/// From one end of the bulk to the other, over all laws and times, and a little more; a radius is not
/// negative.
fn scale(actors: &[Actor], times: &[f64], coordinate: &str) -> Scale {
    let mut ends: Vec<f64> = Vec::new();
    for (actor, time) in actors.iter().flat_map(|actor| times.iter().map(move |time| (actor, *time))) {
        let Some(own) = actor.record.neurons().and_then(|law| law.place(coordinate)) else { continue };
        let Some(snapshot) = snapshot_of(actor.record, actor.stands, time) else { continue };
        let law: Option<Marginal> = align::pooled_law(actor.record, own, snapshot);
        if let Some(law) = law.and_then(|law| finite(&law)) {
            ends.extend([law.quantile(BEYOND), law.quantile(1.0 - BEYOND)]);
        }
    }
    let scale = Scale::covering(Kind::Linear, ends, 0.08);
    match (has_lower_end(coordinate), scale.ends()) {
        // what begins near 0 begins there
        (true, (from, until)) if from < 0.2 * until => Scale::linear(0.0, until),
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
        let some = picked(&[&law], (0, 0), 100);
        let places = some.iter().map(|atom| (atom.0 / 10.0) as usize);
        assert!(places.eq(0..100), "{some:?}");
        let ends: std::collections::BTreeSet<u64> = some.iter().map(|atom| atom.0 as u64 % 10).collect();
        assert_eq!(ends.len(), 10, "chosen with the period of the shares");
        assert_eq!(picked(&[&law], (0, 0), 1000).len(), 1000);
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
        let some = picked(&[&law], (0, 0), 70);
        let mass = |from: f64| some.iter().filter(|atom| atom.0 >= from).map(|atom| atom.2).sum::<f64>();
        assert!(
            some.len() <= 70 && (mass(0.0) - 140.0).abs() < 1e-5 && mass(1000.0) == mass(0.0),
            "{some:?}"
        );
        assert!((mass(1010.0) - 90.0).abs() < 5.0, "{some:?}");
    }

    #[test]
    fn areas_of_rings_are_in_proportion_to_weights() {
        let radii = ring_radii(&[(0.0, 0.0, 0.1), (0.0, 0.0, 0.4)], 100.0);
        assert!((radii[1] / radii[0] - 2.0).abs() < 1e-12);
        let covered: f64 = radii.iter().map(|r| std::f64::consts::PI * r * r).sum();
        assert!((covered - 100.0 * COVERED).abs() < 1e-9);
        assert!(ring_radii(&[(0.0, 0.0, 1.0)], 1e4)[0] <= LARGEST_RING);
    }
}
