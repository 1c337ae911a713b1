//! Against the generic scheme and a textbook's loop; what must hold whatever the masses; that no bit depends
//! on threads.

use meanfield_model::axis::Axis;
use meanfield_model::energy::Energy;
use meanfield_model::features::{Features, Structure, values_with_gradients};
use meanfield_run::flow::Flow;

use super::*;
use crate::finite_volume::limiter;
use crate::finite_volume::line::WITHIN;
use crate::finite_volume::scheme::Scheme;

/// Numbers in [0, 1) from a congruence (Knuth's).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn axis(&mut self, lower: f64, cells: usize) -> Axis {
        let mut faces = vec![lower];
        (0..cells).for_each(|i| faces.push(faces[i] + 0.1 + 0.3 * self.next()));
        Axis::from_faces(faces).expect("increases")
    }
}

/// Three features a · f(b, r₁, r₂), and a risk that is quadratic in their moments.
pub struct Toy;

fn table([_, b, r1, r2]: [f64; 4]) -> [f64; 3] {
    [(b + r1).sin(), 1.0 + 0.5 * b * r2, (r1 - 0.7 * r2).cos()]
}

impl Features<4> for Toy {
    fn rank(&self) -> usize {
        3
    }

    fn features(&self, z: [f64; 4], values: &mut [f64], _: &mut [[f64; 4]]) {
        values.iter_mut().zip(table(z)).for_each(|(value, f)| *value = z[0] * f);
    }

    fn values(&self, z: [f64; 4], values: &mut [f64]) {
        values_with_gradients(self, z, values);
    }

    fn self_interaction(&self, z: [f64; 4]) -> f64 {
        z[0] * z[0]
    }

    fn squared_outputs(&self, _: &mut dyn Iterator<Item = ([f64; 4], f64)>) -> Option<Vec<f64>> {
        None
    }

    fn truncation(&self, _: [f64; 4]) -> f64 {
        0.0
    }

    fn structure(&self) -> Structure<4> {
        Structure { has_outer_weight: true, ..Structure::PLAIN }
    }
}

impl Energy for Toy {
    fn risk(&self, moments: &[f64]) -> f64 {
        moments.iter().map(|m| (m - 0.4).powi(2)).sum()
    }

    fn energy(&self, moments: &[f64]) -> f64 {
        self.risk(moments)
    }

    fn potential_coefficients(&self, moments: &[f64], coefficients: &mut [f64]) {
        coefficients.iter_mut().zip(moments).for_each(|(c, m)| *c = m - 0.4);
    }

    fn curvatures(&self, _: &[f64], curvatures: &mut [f64]) {
        curvatures.fill(1.0);
    }

    fn interaction(&self, moments: &[f64]) -> f64 {
        moments.iter().map(|m| m * m).sum()
    }

    fn bias_is_exact(&self) -> bool {
        true
    }
}

/// A grid, masses and a potential on it, and velocities of faces.
pub struct Case {
    pub grid: Grid<4>,
    pub mass: Vec<f64>,
    pub potential: Vec<f64>,
    velocities: [Vec<f64>; 4],
}

/// What comes out of a stage.
#[derive(Clone, Debug, PartialEq)]
struct Outcome {
    mass: Vec<f64>,
    sums: Vec<f64>,
    totals: Vec<f64>,
}

impl Case {
    /// On cells of uneven widths, a from `lowest` on; the potential is that of the masses in the toy
    /// landscape.
    fn new(cells: [usize; 4], lowest: f64, seed: u64) -> Self {
        let mut numbers = Numbers(seed);
        let lower = [lowest, -0.6, 0.0, 0.0];
        let axes = std::array::from_fn(|axis| numbers.axis(lower[axis], cells[axis]));
        let grid = Grid { axes };
        let mass = (0..grid.cells()).map(|_| numbers.next()).collect();
        let velocities = cells.map(|cells| vec![0.0; cells + 1]);
        Self { grid, mass, potential: Vec::new(), velocities }.in_toy()
    }

    /// With every face in motion, some faster than the flow.
    fn moving(mut self, seed: u64) -> Self {
        let mut numbers = Numbers(seed);
        let velocities = self.velocities.iter_mut().flatten();
        velocities.for_each(|velocity| *velocity = 4.0 * numbers.next() - 2.0);
        self
    }

    fn in_toy(mut self) -> Self {
        let size = self.mass.iter().sum::<f64>();
        self.mass.iter_mut().for_each(|mass| *mass /= size);
        let moments = self.scheme(Limiter::Flat).moments(&self.mass);
        let mut coefficients = [0.0; 3];
        Toy.potential_coefficients(&moments, &mut coefficients);
        let row = self.grid.axes[0].cells();
        self.potential = (0..self.mass.len())
            .step_by(row)
            .map(|i| table(self.grid.centre(i)).iter().zip(coefficients).map(|(f, c)| f * c).sum())
            .collect();
        self
    }

    fn scheme(&self, limiter: Limiter) -> Scheme<4, Toy> {
        Scheme::reference(Toy, self.grid.clone(), limiter)
    }

    fn transport(&self, limiter: Limiter) -> FourParameterTransport {
        FourParameterTransport::moving(&self.grid, &self.velocities, limiter)
    }

    /// A stage from `start`.
    fn stage(&self, transport: &mut FourParameterTransport, step: f64, share: f64, start: &[f64]) -> Outcome {
        let rows = vec![f64::NAN; self.potential.len()];
        let mut outcome = Outcome { mass: start.to_vec(), sums: rows.clone(), totals: rows };
        let Outcome { mass, sums, totals } = &mut outcome;
        let stage = Stage { share, step, is_last: false };
        transport.stage(&self.potential, stage, &self.mass, StageOutput { mass, sums, totals });
        outcome
    }

    /// One step of forward Euler; nothing of what was there before is read.
    fn euler(&self, transport: &mut FourParameterTransport, step: f64) -> Outcome {
        self.stage(transport, step, 0.0, &vec![f64::NAN; self.mass.len()])
    }

    /// d(mass)/dt and the largest loss of a cell, as a textbook has it: face by face.
    pub fn textbook(&self, limiter: Limiter) -> (Vec<f64>, f64) {
        let mut rate = vec![0.0; self.mass.len()];
        let mut loss = vec![0.0; self.mass.len()];
        for axis in 0..4 {
            let stride = self.grid.stride(axis);
            let cells = self.grid.axes[axis].cells();
            for first in self.grid.lines(axis) {
                let velocity = |face: usize| self.velocity(axis, first, face);
                for face in 0..cells - 1 {
                    let v = velocity(face);
                    let below = first + face * stride;
                    let flux = v * self.face_value(axis, first, face, v >= 0.0, limiter);
                    rate[below] -= flux;
                    rate[below + stride] += flux;
                }
                for i in 0..cells {
                    let upper = if i + 1 < cells { velocity(i) } else { 0.0 };
                    let lower = if i > 0 { -velocity(i - 1) } else { 0.0 };
                    let width = self.grid.axes[axis].width(i);
                    loss[first + i * stride] += 2.0 * upper.max(lower).max(0.0) / width;
                }
            }
        }
        (rate, loss.into_iter().fold(0.0, f64::max))
    }

    /// Of the flow past a face: that between cells `face` and `face + 1` of a line.
    fn velocity(&self, axis: usize, first: usize, face: usize) -> f64 {
        let stride = self.grid.stride(axis);
        let row = self.grid.axes[0].cells();
        let psi = |i: usize| self.grid.centre(i)[0] * self.potential[i / row];
        let below = first + face * stride;
        let above = first + (face + 1) * stride;
        let distance = self.grid.centre(above)[axis] - self.grid.centre(below)[axis];
        -2.0 * (psi(above) - psi(below)) / distance - self.velocities[axis][face + 1]
    }

    /// Density along an axis at a face, in the cell below or above it.
    fn face_value(&self, axis: usize, first: usize, face: usize, from_below: bool, limiter: Limiter) -> f64 {
        let stride = self.grid.stride(axis);
        let along = &self.grid.axes[axis];
        let density = |i: usize| self.mass[first + i * stride] / along.width(i);
        let i = if from_below { face } else { face + 1 };
        if i == 0 || i + 1 == along.cells() || limiter == Limiter::Flat {
            return density(i);
        }
        let left = density(i) - density(i - 1);
        let right = density(i + 1) - density(i);
        let of = [along.centre(i) - along.centre(i - 1), along.centre(i + 1) - along.centre(i)];
        let size = limiter::tests::textbook(limiter, left / of[0], right / of[1]).abs();
        let half = (0.5 * along.width(i) * size).min(WITHIN * left.abs().min(right.abs()));
        let half = if left * right > 0.0 { half.copysign(left) } else { 0.0 };
        density(i) + if from_below { half } else { -half }
    }
}

/// Rows shorter and longer than vectors, one of many, of one sign and of both, with a sign changing within a
/// vector and between two; axes of one and two cells; more lines than a block has.
pub fn cases() -> Vec<Case> {
    let shapes = [
        ([7, 6, 5, 8], -1.0),
        ([3, 4, 3, 3], -0.3),
        ([16, 3, 4, 5], -2.0),
        ([21, 5, 2, 3], 0.2),
        ([9, 2, 3, 1], -4.0),
        ([8, 1, 1, 2], -1.1),
        ([5, 18, 14, 9], -0.5),
        ([1, 3, 3, 3], 0.5),
        ([2, 1, 1, 1], -0.2),
        ([75, 3, 3, 4], -7.0),
    ];
    shapes.into_iter().zip(1..).map(|((cells, lowest), seed)| Case::new(cells, lowest, seed)).collect()
}

/// Largest difference, relative to the largest number.
pub fn difference(found: &[f64], wanted: &[f64]) -> f64 {
    let size = wanted.iter().fold(f64::MIN_POSITIVE, |a, b| a.max(b.abs()));
    let gaps = found.iter().zip(wanted).map(|(a, b)| (a - b).abs() / size);
    gaps.fold(0.0, |a, b| if a > b { a } else { b + 0.0 * a })
}

/// The rate, from a step so long that the masses do not matter beside it.
fn rate(case: &Case, transport: &mut FourParameterTransport) -> Vec<f64> {
    const STEP: f64 = 1e6;
    let after = case.euler(transport, STEP).mass;
    after.iter().zip(&case.mass).map(|(after, before)| (after - before) / STEP).collect()
}

/// Up to 8 fluxes a cell, each rounded a few times.
const ROUNDING: f64 = 1e-13;

#[test]
fn rates_are_those_of_the_generic_scheme() {
    // It needs two cells along each axis.
    for case in cases().into_iter().filter(|case| case.grid.axes.iter().all(|axis| axis.cells() > 2)) {
        for limiter in Limiter::ALL {
            let mut wanted = vec![0.0; case.mass.len()];
            let largest_step = case.scheme(limiter).rate(0.0, &case.mass, &mut wanted);
            let mut transport = case.transport(limiter);
            let found = difference(&rate(&case, &mut transport), &wanted);
            assert!(
                found < ROUNDING,
                "{limiter:?} on {:?}: {found}",
                case.grid.axes.each_ref().map(Axis::cells)
            );
            let loss = transport.largest_loss(&case.potential);
            assert!(loss * largest_step >= 1.0, "no bound: {loss} {largest_step}");
            // Extremes along a and across need not meet in one cell.
            assert!(loss * largest_step < 1.6, "far from sharp: {loss} {largest_step}");
        }
    }
}

#[test]
fn rates_are_those_of_a_textbook_whether_faces_move_or_not() {
    for (case, seed) in cases().into_iter().chain(cases().into_iter().map(|case| case.moving(5))).zip(0..) {
        for limiter in Limiter::ALL {
            let (wanted, loss) = case.textbook(limiter);
            let mut transport = case.transport(limiter);
            let found = difference(&rate(&case, &mut transport), &wanted);
            assert!(found < ROUNDING, "{limiter:?}, case {seed}: {found}");
            let bound = transport.largest_loss(&case.potential);
            assert!(bound >= loss && bound < 2.5 * loss, "case {seed}: {bound} for {loss}");
        }
    }
}

#[test]
fn every_instruction_set_finds_the_same() {
    for case in cases().into_iter().chain(cases().into_iter().map(|case| case.moving(6))) {
        for limiter in Limiter::ALL {
            let mut transport = case.transport(limiter);
            let wanted = rate(&case, &mut transport);
            for arch in instruction_sets() {
                transport.arch = arch;
                assert!(difference(&rate(&case, &mut transport), &wanted) < ROUNDING, "{arch:?} {limiter:?}");
            }
        }
    }
}

fn instruction_sets() -> Vec<Arch> {
    #[cfg(not(target_arch = "x86_64"))]
    let sets = Vec::new();
    #[cfg(target_arch = "x86_64")]
    let sets = pulp::x86::V3::try_new().map(Arch::V3).into_iter().collect::<Vec<_>>();
    [vec![Arch::Scalar], sets].concat()
}

#[test]
fn a_face_that_moves_with_the_flow_is_passed_by_nothing() {
    // Where P does not depend on b, r₁, r₂ the flow is along a alone, with velocity −2P.
    let mut case = Case::new([11, 3, 4, 2], -1.0, 3);
    case.potential.fill(0.7);
    case.velocities[0].fill(-1.4);
    for limiter in Limiter::ALL {
        let mut transport = case.transport(limiter);
        assert_eq!(case.euler(&mut transport, 0.5).mass, case.mass, "{limiter:?}");
        assert_eq!(transport.largest_loss(&case.potential), 0.0);
    }
}

#[test]
fn mass_is_kept_and_positive_up_to_the_very_bound() {
    for (case, seed) in cases().into_iter().chain(cases().into_iter().map(|case| case.moving(7))).zip(11..) {
        for limiter in Limiter::ALL {
            let mut transport = case.transport(limiter);
            let mut numbers = Numbers(seed);
            let mut case = case.with(case.mass.clone());
            let step = 1.0 / transport.largest_loss(&case.potential);
            for round in 0..20 {
                if round % 5 == 0 {
                    // Most cells empty, and masses of all sizes.
                    let mut mass = || if numbers.next() < 0.6 { 0.0 } else { numbers.next().powi(60) };
                    case.mass = (0..case.mass.len()).map(|_| mass()).collect();
                }
                let after = case.euler(&mut transport, step).mass;
                let before = case.mass.iter().sum::<f64>();
                let total = after.iter().sum::<f64>();
                assert!((total - before).abs() <= 1e-13 * before, "{limiter:?}: {total} of {before}");
                assert!(after.iter().all(|mass| *mass >= 0.0), "{limiter:?}, case {seed}, round {round}");
                case.mass = after;
            }
        }
    }
}

impl Case {
    fn with(&self, mass: Vec<f64>) -> Self {
        let grid = self.grid.clone();
        let potential = self.potential.clone();
        Self { grid, mass, potential, velocities: self.velocities.clone() }
    }
}

#[test]
fn stages_are_blended_with_the_start_and_rows_weighed() {
    for case in cases().into_iter().chain(cases().into_iter().map(|case| case.moving(8))) {
        let start: Vec<f64> = case.mass.iter().rev().copied().collect();
        for limiter in Limiter::ALL {
            let mut transport = case.transport(limiter);
            let step = 0.9 / transport.largest_loss(&case.potential);
            let euler = case.euler(&mut transport, step);
            for share in [0.0, 0.5, 0.75, 1.0 / 3.0] {
                let found = case.stage(&mut transport, step, share, &start);
                let wanted = start.iter().zip(&euler.mass).map(|(s, e)| share * s + (1.0 - share) * e);
                assert!(difference(&found.mass, &wanted.collect::<Vec<_>>()) < 1e-14, "{limiter:?} {share}");
                let a = case.grid.axes[0].centres();
                let row = case.grid.axes[0].cells();
                let weigh = |of: &dyn Fn(usize) -> f64| -> Vec<f64> {
                    let rows = found.mass.chunks(row);
                    rows.map(|row| row.iter().enumerate().map(|(i, mass)| of(i) * mass).sum()).collect()
                };
                assert!(difference(&found.sums, &weigh(&|i| a[i])) < 1e-14, "{limiter:?} {share}");
                assert!(difference(&found.totals, &weigh(&|_| 1.0)) < 1e-14, "{limiter:?} {share}");
            }
        }
    }
}

#[test]
fn no_bit_depends_on_the_number_of_threads() {
    for case in [Case::new([13, 3, 14, 27], -1.0, 4), Case::new([9, 4, 13, 20], -1.0, 4).moving(2)] {
        for limiter in Limiter::ALL {
            let mut transport = case.transport(limiter);
            let alone = case.euler(&mut transport, 0.01);
            for threads in [2, 3, 7] {
                transport.use_threads(threads);
                assert_eq!(case.euler(&mut transport, 0.01), alone, "{limiter:?}, {threads} threads");
            }
        }
    }
}
