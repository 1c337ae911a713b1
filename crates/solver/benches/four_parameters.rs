//! CPU time of one step of the four-parameter PDE, (a, b, r₁, r₂) with potential a · P, and its inputs for
//! rivals.
//!
//! ```text
//!   four_parameters write FOLDER CELLS   for the rivals: faces, tables, masses, result of a first-order step
//!   four_parameters time CELLS           CPU seconds of a step (minimum) of five things: see `time`
//!   four_parameters wall CELLS THREADS   wall-clock seconds of a step of first and of second order
//! ```
//! A step is all that a forward Euler step needs: P = v + α₁ h₁ + α₂ h₂ on the grid of (b, r₁, r₂),
//! transport, and the next α_k = ∫ a h_k dρ. Called by `scripts/bench`, which runs it and its rivals in turn.
#![allow(clippy::print_stdout, reason = "a program of its own: its output is the measurement")]

use std::path::Path;
use std::time::Instant;

use meanfield_kernel::aligned::Aligned;
use meanfield_model::axis::Axis;
use meanfield_run::cpu::process_seconds;
use meanfield_run::flow::Stage;
use meanfield_solver::finite_volume::four::{FourParameterTransport, StageOutput};
use meanfield_solver::finite_volume::limiter::Limiter;
use meanfield_solver::grid::Grid;

/// Steps measured, each by itself; the smallest counts.
const STEPS: usize = 40;

/// Masses and the tables of the potential.
struct Problem {
    grid: Grid<4>,
    /// v, h₁, h₂ at (b, r₁, r₂).
    tables: [Vec<f64>; 3],
    mass: Aligned<f64>,
}

/// The state of a run: masses now and next, the moments, and what they are made of.
struct Run {
    problem: Problem,
    transport: FourParameterTransport,
    next: Aligned<f64>,
    potential: Vec<f64>,
    sums: Vec<f64>,
    totals: Vec<f64>,
    moments: [f64; 2],
    step: f64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["write", folder, cells] => write(Path::new(folder), number(cells)),
        ["time", cells] => time(number(cells)),
        ["wall", cells, threads] => wall(number(cells), number(threads)),
        _ => println!("four_parameters: see scripts/bench"),
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

/// Smooth tables and masses on uneven cells: a on both sides of 0, and lengths from 0.
fn problem(cells: usize) -> Problem {
    let outer = Axis::uniform(-1.5, 1.5, cells).expect("valid");
    let length = Axis::graded(2.0, cells, 1.0).expect("valid");
    let grid = Grid { axes: [outer.clone(), outer, length.clone(), length] };
    let [a, b, r1, r2] = grid.axes.each_ref().map(Axis::centres);
    let table = |of: &dyn Fn(f64, f64, f64) -> f64| -> Vec<f64> {
        r2.iter().flat_map(|z| r1.iter().flat_map(|y| b.iter().map(|x| of(*x, *y, *z)))).collect()
    };
    let tables = [
        table(&|b, r1, r2| -0.4 * (b + 0.8 * r1).tanh() + 0.1 * r2),
        table(&|b, r1, r2| (0.6 * b + 0.7 * r1 - 0.5 * r2).tanh()),
        table(&|b, r1, r2| (b - 0.4 * r1 + 0.9 * r2).sin()),
    ];
    let across: Vec<f64> = table(&|b: f64, r1: f64, r2: f64| {
        (-((b - 0.2) * 1.3).powi(2) - (r1 - 0.9).powi(2) - (r2 - 0.7).powi(2)).exp()
    });
    let along: Vec<f64> = a.iter().map(|a| (-2.0 * (a - 0.1_f64).powi(2)).exp()).collect();
    let total = across.iter().sum::<f64>() * along.iter().sum::<f64>();
    let mass: Vec<f64> = across.iter().flat_map(|row| along.iter().map(move |a| a * row / total)).collect();
    Problem { grid, tables, mass: Aligned::from(&mass[..]) }
}

impl Run {
    fn new(problem: Problem, limiter: Limiter, velocity: f64, threads: usize) -> Self {
        let faces =
            problem.grid.axes.each_ref().map(|axis| axis.faces().iter().map(|x| velocity * x).collect());
        let mut transport = FourParameterTransport::moving(&problem.grid, &faces, limiter);
        transport.use_threads(threads);
        let rows = problem.tables[0].len();
        let next = Aligned::zeros(problem.mass.len());
        let potential = vec![0.0; rows];
        let sums = vec![0.0; rows];
        let totals = vec![0.0; rows];
        let mut run =
            Self { problem, transport, next, potential, sums, totals, moments: [0.3, -0.2], step: 0.0 };
        run.refresh_potential();
        run.step = 0.5 / run.transport.largest_loss(&run.potential);
        run
    }

    fn refresh_potential(&mut self) {
        let [v, h1, h2] = &self.problem.tables;
        let [m1, m2] = self.moments;
        for (potential, (v, (h1, h2))) in self.potential.iter_mut().zip(v.iter().zip(h1.iter().zip(h2))) {
            *potential = v + m1 * h1 + m2 * h2;
        }
    }

    fn advance(&mut self) {
        self.refresh_potential();
        let Self { problem, transport, next, potential, sums, totals, step, .. } = self;
        let stage = Stage { share: 0.0, step: *step, is_last: false };
        transport.stage(potential, stage, &problem.mass, StageOutput { mass: next, sums, totals });
        std::mem::swap(&mut self.problem.mass, &mut self.next);
        let [_, h1, h2] = &self.problem.tables;
        self.moments = [h1, h2].map(|h| h.iter().zip(&self.sums).map(|(h, sum)| h * sum).sum());
    }
}

/// Everything as little-endian doubles.
fn write(folder: &Path, cells: usize) {
    let Problem { grid, tables: [v, h1, h2], mass } = problem(cells);
    let mut run = Run::new(problem(cells), Limiter::Flat, 0.0, 1);
    run.advance();
    let mut files = vec![("v", v), ("h1", h1), ("h2", h2), ("mass", mass.to_vec())];
    files.extend(["a", "b", "r1", "r2"].into_iter().zip(grid.axes.iter().map(|axis| axis.faces().to_vec())));
    files.extend([
        ("step", vec![run.step]),
        ("moments", run.moments.to_vec()),
        ("after", run.problem.mass.to_vec()),
    ]);
    for (name, numbers) in files {
        let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        std::fs::write(folder.join(name), bytes).expect("the folder can be written");
    }
}

/// A step of first and of second order, on a grid that stands still and on one that moves; the bound of the
/// step alone. Each by itself, as rivals are: the masses of another would take its place in the cache.
fn time(cells: usize) {
    let flat = Limiter::Flat;
    let central = Limiter::MonotonizedCentral;
    let runs = [(flat, 0.0), (central, 0.0), (flat, -0.05), (central, -0.05)];
    let new = |limiter, velocity| Run::new(problem(cells), limiter, velocity, 1);
    let best =
        runs.map(|(limiter, velocity)| smallest(process_seconds, new(limiter, velocity), Run::advance));
    let bound = smallest(process_seconds, new(flat, 0.0), |Run { transport, potential, .. }| {
        std::hint::black_box(transport.largest_loss(potential));
    });
    print(&[&best[..], &[bound]].concat());
}

/// Seconds by the clock.
fn wall(cells: usize, threads: usize) {
    let start = Instant::now();
    let new = |limiter| Run::new(problem(cells), limiter, 0.0, threads);
    print(
        &[Limiter::Flat, Limiter::MonotonizedCentral]
            .map(|limiter| smallest(|| start.elapsed().as_secs_f64(), new(limiter), Run::advance)),
    );
}

/// The least of what calls take on a clock.
fn smallest(clock: impl Fn() -> f64, mut run: Run, call: impl Fn(&mut Run)) -> f64 {
    let mut seconds = || {
        let start = clock();
        call(&mut run);
        clock() - start
    };
    (0..STEPS).map(|_| seconds()).fold(f64::INFINITY, f64::min)
}

fn print(times: &[f64]) {
    let words: Vec<String> = times.iter().map(|time| format!("{time:.9}")).collect();
    println!("{}", words.join(" "));
}
