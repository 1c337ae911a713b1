//! CPU time of one right-hand side of the finite volumes on MMN's Fig. 1, and of rivals' inputs for the same
//! work.
//!
//! ```text
//!   right_hand_side write FOLDER CELLS TERMS   faces, features, masses and results, for the rivals
//!   right_hand_side time CELLS TERMS           microseconds (minimum over blocks); those of one read of Φ
//! ```
//! Called by `scripts/bench`, which runs it and its rivals in turn. TERMS is the number of even orders for
//! each class: the rank is twice that.
#![allow(clippy::print_stdout, reason = "a program of its own: its output is the measurement")]

use std::path::Path;

use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::axis::Axis;
use meanfield_model::data::GaussianClasses;
use meanfield_model::energy::Energy;
use meanfield_model::features::Features;
use meanfield_model::initial::Initial;
use meanfield_model::radial_series::{DimensionLimit, RadialSeries};
use meanfield_run::cpu::process_seconds;
use meanfield_run::flow::Flow;
use meanfield_solver::finite_volume::limiter::Limiter;
use meanfield_solver::finite_volume::scheme::Scheme;
use meanfield_solver::grid::Grid;

/// Evaluations in a block, and blocks.
const BLOCK: usize = 2000;
const BLOCKS: usize = 40;
const UPPER: f64 = 4.0;

struct Problem {
    landscape: RadialSeries,
    grid: Grid<1>,
    mass: Vec<f64>,
}

fn problem(cells: usize, terms: usize) -> Problem {
    let data = GaussianClasses::isotropic(40, 0.8).expect("valid");
    let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
    let sigma = Activation::PiecewiseLinear(sigma);
    // The tolerance that keeps so many terms.
    let series = |tolerance: f64| {
        RadialSeries::new(&data, &sigma, DimensionLimit::Finite, UPPER, tolerance).expect("converges")
    };
    let mut tolerance = 1.0;
    while series(tolerance).terms() < terms {
        tolerance *= 0.9;
    }
    let grid = Grid { axes: [Axis::uniform(0.0, UPPER, cells).expect("valid")] };
    let start = Initial::Gaussian { scale: 0.8 };
    let mass = grid.masses(|r| start.radial_distribution(40, r)).expect("fits");
    Problem { landscape: series(tolerance), grid, mass }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["write", folder, cells, terms] => write(Path::new(folder), &problem(number(cells), number(terms))),
        ["time", cells, terms] => time(problem(number(cells), number(terms))),
        _ => println!("right_hand_side: see scripts/bench"),
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

/// Everything as little-endian doubles, row by row.
fn write(folder: &Path, problem: &Problem) {
    let Problem { landscape, grid, mass } = problem;
    let rank = landscape.rank();
    let cells = grid.cells();
    let mut features = vec![0.0; rank * cells];
    let mut values = vec![0.0; rank];
    let mut gradients = vec![[0.0]; rank];
    for i in 0..cells {
        landscape.features(grid.centre(i), &mut values, &mut gradients);
        (0..rank).for_each(|k| features[k * cells + i] = values[k]);
    }
    // Ψ's coefficients are affine in the moments: c = c₀ + c₁ m, term by term.
    let mut constant = vec![0.0; rank];
    let mut slope = vec![0.0; rank];
    landscape.potential_coefficients(&vec![0.0; rank], &mut constant);
    landscape.curvatures(&vec![0.0; rank], &mut slope);
    let mut rate = vec![0.0; cells];
    let mass_copy = mass.clone();
    let mut scheme = scheme(landscape.clone(), grid.clone());
    let largest_step = scheme.rate(0.0, &mass_copy, &mut rate);
    let files = [
        ("faces", grid.axes[0].faces().to_vec()),
        ("features", features),
        ("constant", constant),
        ("slope", slope),
        ("mass", mass_copy),
        ("rate", rate),
        ("largest_step", vec![largest_step]),
    ];
    for (name, numbers) in files {
        let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        std::fs::write(folder.join(name), bytes).expect("the folder can be written");
    }
}

fn scheme(landscape: RadialSeries, grid: Grid<1>) -> Scheme<1, RadialSeries> {
    Scheme::new(landscape, grid, Limiter::MonotonizedCentral)
}

fn time(problem: Problem) {
    let Problem { landscape, grid, mass } = problem;
    let cells = mass.len();
    let mut scheme = scheme(landscape, grid);
    let mut rate = vec![0.0; cells];
    let mut clock = 0.0;
    let step = microseconds(|| {
        clock += 1.0; // another time each: a right-hand side that is known is not computed again
        std::hint::black_box(scheme.rate(clock, &mass, &mut rate));
    });
    let reading = microseconds(|| {
        std::hint::black_box(scheme.moments(std::hint::black_box(&mass)));
    });
    println!("{step:.3} {reading:.3}");
}

/// CPU microseconds of one call: the smallest mean over a block.
fn microseconds(mut call: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..BLOCKS {
        let start = process_seconds();
        (0..BLOCK).for_each(|_| call());
        best = best.min((process_seconds() - start) / BLOCK as f64);
    }
    1e6 * best
}
