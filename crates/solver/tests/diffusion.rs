//! The dynamics with noise on grids, against the exact Ornstein–Uhlenbeck law, its own free energy and the
//! noiseless limit.

use crate::support;

use meanfield_model::axis::Axis;
use meanfield_model::block_series::RadiiSeries;
use meanfield_model::data::BlockClasses;
use meanfield_model::features::Features;
use meanfield_model::initial::Initial;
use meanfield_model::landscape::Landscape;
use meanfield_model::parameter_groups::{ParameterGroup, ParameterGroups};
use meanfield_model::radial_series::{DimensionLimit, RadialSeries};
use meanfield_model::ridge::Ridged;
use meanfield_model::unit::Unit;
use meanfield_model::volume::VolumeElement;
use meanfield_run::cooling::Cooling;
use meanfield_run::schedule::{Schedule, Stages};
use meanfield_run::system::{RunError, Stride, System};
use meanfield_solver::diffusion::operator::Operator;
use meanfield_solver::diffusion::{Diffusion, extrapolation, implicit};
use meanfield_solver::gibbs::{Amplitude, Bath, gibbs_state};
use meanfield_solver::grid::Grid;
use support::{Free, Problem, observe, scalar};

const DIMENSION: usize = 40;
const RIDGE: f64 = 0.5;
const TEMPERATURE: f64 = 0.2;

/// κ of the Ornstein–Uhlenbeck law at time s, from one of scale κ₀: v(s) = v₀e^{−4λs} + (1 −
/// e^{−4λs})/(βλ), v = κ²/d.
fn scale_at(first: f64, s: f64) -> f64 {
    scale_of(first, s, RIDGE, TEMPERATURE)
}

fn scale_of(first: f64, s: f64, ridge: f64, temperature: f64) -> f64 {
    let decay = (-4.0 * ridge * s).exp();
    (first * first * decay + DIMENSION as f64 * temperature / ridge * (1.0 - decay)).sqrt()
}

fn masses(grid: &Grid<1>, scale: f64) -> Vec<f64> {
    let start = Initial::Gaussian { scale };
    grid.masses(|radius| start.radial_distribution(DIMENSION, radius)).expect("fits")
}

fn ornstein_uhlenbeck(cells: usize) -> Operator<1, Ridged<Free>> {
    let grid = Grid { axes: [Axis::uniform(0.0, 9.0, cells).expect("valid")] };
    Operator::new(Ridged::new(Free, RIDGE), grid, [VolumeElement::Radius(DIMENSION)], TEMPERATURE)
}

/// MMN's Fig. 1 with noise and ridge on `cells` equal cells of [0, 4], and its start.
fn figure_1(cells: usize, temperature: f64, ridge: f64) -> (Operator<1, Ridged<RadialSeries>>, Vec<f64>) {
    let series = Problem::figure_1().series(DimensionLimit::Finite);
    let grid = Grid { axes: [Axis::uniform(0.0, 4.0, cells).expect("valid")] };
    let start = masses(&grid, 0.8);
    let element = [VolumeElement::Radius(DIMENSION)];
    (Operator::new(Ridged::new(series, ridge), grid, element, temperature), start)
}

fn run<const D: usize, L: Landscape<D>>(system: &mut Diffusion<D, L>, until: f64) {
    while system.advance(until).expect("runs") == Stride::Underway {}
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum()
}

/// Slopes of the logarithms between neighbours, for resolutions that double.
fn orders(errors: &[f64]) -> Vec<f64> {
    errors.windows(2).map(|pair| (pair[0] / pair[1]).log2()).collect()
}

fn are_near(found: &[f64], order: f64) -> bool {
    found.iter().all(|slope| (slope - order).abs() < 0.1)
}

#[test]
fn the_ornstein_uhlenbeck_law_is_met_at_second_order_in_the_cells() {
    let errors = [200, 400, 800].map(|cells: usize| {
        let operator = ornstein_uhlenbeck(cells);
        let start = masses(&operator.grid, 1.0);
        let mut system = Diffusion::new(operator, start, 1e-5);
        run(&mut system, 0.3);
        distance(system.mass(), &masses(system.grid(), scale_at(1.0, 0.3)))
    });
    assert!(are_near(&orders(&errors), 2.0), "{errors:?}");
    assert!(errors[2] < 1.5e-3, "{errors:?}");
}

#[test]
fn it_is_met_at_second_order_in_the_step_and_by_implicit_steps_alone_at_first() {
    let operator = ornstein_uhlenbeck(400);
    let start = masses(&operator.grid, 1.0);
    let accurate = |steps: usize| {
        let s = 0.3 / steps as f64;
        (0..steps).fold(start.clone(), |mass: Vec<f64>, _| {
            extrapolation::pair(&operator, &mass, s).expect("found").accurate
        })
    };
    let sure = |steps: usize| {
        let s = 0.3 / steps as f64;
        (0..steps)
            .fold(start.clone(), |mass: Vec<f64>, _| implicit::step(&operator, &mass, s).expect("found").mass)
    };
    let limit = accurate(4096);
    let errors = |law: &dyn Fn(usize) -> Vec<f64>| [128, 256, 512].map(|n| distance(&law(n), &limit));
    let second = errors(&accurate);
    let first = errors(&sure);
    assert!(are_near(&orders(&second), 2.0), "{second:?}");
    assert!(are_near(&orders(&first), 1.0), "{first:?}");
}

#[test]
fn a_temperature_that_falls_leaves_the_exact_law_and_the_balance_of_energy() {
    // The temperature falls to a tenth at t = 0.1; steps are as long as t^(−1/4) says.
    let schedule = Schedule::Power { exponent: -0.25 };
    let stages = Stages::new(&[[0.1, 0.1]]).expect("increasing");
    let operator = ornstein_uhlenbeck(800);
    let start = masses(&operator.grid, 1.0);
    let cooling = Cooling::new(Schedule::Steps(stages), schedule);
    let mut system = Diffusion::new(operator, start, 1e-5).with_cooling(cooling);
    let clocks = [0.1, 0.2].map(|time| schedule.clock(time));
    run(&mut system, clocks[1]);
    let warm = scale_at(1.0, clocks[0]);
    let cold = scale_of(warm, clocks[1] - clocks[0], RIDGE, 0.1 * TEMPERATURE);
    let apart = distance(system.mass(), &masses(system.grid(), cold));
    // Of second order in the cells, as without cooling.
    assert!(apart < 3e-3, "{apart}");
    assert!(distance(system.mass(), &masses(system.grid(), scale_at(1.0, clocks[1]))) > 0.1);
    let observation = system.observe();
    // The trapezoidal rule over the steps; F itself falls by 10.
    assert!(scalar(&observation, "energy_residual") < 0.05, "{}", scalar(&observation, "energy_residual"));
    assert!(scalar(&observation, "free_energy_rise") < 1e-12);
}

#[test]
fn a_coordinate_that_follows_at_half_the_pace_takes_twice_as_long() {
    let grid = Grid { axes: [Axis::uniform(0.0, 9.0, 400).expect("valid")] };
    let slow = ParameterGroup { factor: 0.5, ..ParameterGroup::default() };
    let groups = ParameterGroups { w: slow, ..ParameterGroups::default() };
    let landscape = Ridged::new(Free, RIDGE).with_groups(groups, Unit::Inner);
    let operator = Operator::new(landscape, grid, [VolumeElement::Radius(DIMENSION)], TEMPERATURE);
    let start = masses(&operator.grid, 1.0);
    let mut slow = Diffusion::new(operator, start.clone(), 1e-4);
    run(&mut slow, 0.4);
    let mut usual = Diffusion::new(ornstein_uhlenbeck(400), start, 1e-4);
    run(&mut usual, 0.2);
    assert!(distance(slow.mass(), usual.mass()) < 1e-4, "{}", distance(slow.mass(), usual.mass()));
    let balance = scalar(&slow.observe(), "energy_residual");
    assert!(balance < 0.05, "{balance}");
}

#[test]
fn two_radii_diffuse_independently() {
    // d = 40 = 10 + 30: the law of (r₁, r₂) stays a product of chi laws.
    let elements = [VolumeElement::Radius(10), VolumeElement::Radius(30)];
    let dimensions = [10_usize, 30];
    let law = |grid: &Grid<2>, scale: f64| {
        let along = |axis: usize| {
            // v = κ²/d in each coordinate, whatever the block.
            let block = Initial::Gaussian { scale: scale * (dimensions[axis] as f64 / 40.0).sqrt() };
            let line = Grid { axes: [grid.axes[axis].clone()] };
            line.masses(|r| block.radial_distribution(dimensions[axis], r)).expect("fits")
        };
        let first = along(0);
        let second = along(1);
        second.iter().flat_map(|b| first.iter().map(move |a| a * b)).collect::<Vec<f64>>()
    };
    let errors = [80, 160].map(|cells: usize| {
        let axes = [4.5, 7.0].map(|upper| Axis::uniform(0.0, upper, cells).expect("valid"));
        let operator = Operator::new(Ridged::new(Free, RIDGE), Grid { axes }, elements, TEMPERATURE);
        let start = law(&operator.grid, 1.2);
        let mut system = Diffusion::new(operator, start, 1e-3);
        run(&mut system, 0.1);
        assert!((system.mass().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        distance(system.mass(), &law(system.grid(), scale_at(1.2, 0.1)))
    });
    assert!((orders(&errors)[0] - 2.0).abs() < 0.2 && errors[1] < 0.03, "{errors:?}");
}

#[test]
fn the_free_energy_falls_at_every_step_of_any_length() {
    for (temperature, ridge) in [(1e-4, 0.05), (0.01, 0.05), (0.3, 1.0)] {
        let (operator, start) = figure_1(400, temperature, ridge);
        for length in [100.0, 1e4, 1e6].map(|ratio| ratio * operator.explicit_bound()) {
            let mut mass = start.clone();
            let mut before = operator.energies(&start);
            for step in 0..30 {
                let pair = extrapolation::pair(&operator, &mass, length).expect("found");
                let after = operator.energies(&pair.sure);
                let allowed = before.free_energy + 1e-14 * before.size;
                assert!(after.free_energy <= allowed, "1/β = {temperature}, step {step} of {length:e}");
                for law in [&pair.sure, &pair.accurate] {
                    assert!(law.iter().all(|m| *m > 0.0), "1/β = {temperature}, step {step} of {length:e}");
                    assert!((law.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                }
                (mass, before) = (pair.sure, after);
            }
        }
    }
}

#[test]
fn a_run_keeps_its_promises() {
    let (operator, start) = figure_1(400, 0.01, 0.05);
    let mut system = Diffusion::new(operator, start, 1e-4);
    for seen in observe(&mut system, &[0.1, 1.0, 10.0]) {
        assert!(scalar(&seen, "mass_error") < 1e-12 && scalar(&seen, "minimum_density") >= 0.0);
        assert!(scalar(&seen, "free_energy_rise") < 1e-13 && scalar(&seen, "edge_mass") < 1e-12);
        // The trapezoid rule over steps whose first order errs by the tolerance.
        assert!(scalar(&seen, "energy_residual") < 1e-4, "{}", scalar(&seen, "energy_residual"));
    }
}

#[test]
fn the_long_run_ends_in_the_gibbs_state_of_its_grid() {
    for (temperature, ridge) in [(0.03, 0.2), (0.1, 0.5)] {
        let (operator, start) = figure_1(300, temperature, ridge);
        let bath = Bath { temperature, ridge, amplitude: Amplitude::One };
        let mut system = Diffusion::new(operator, start, 1e-3);
        run(&mut system, 200.0);
        let operator = system.operator();
        let landscape = operator.landscape.inner();
        let first = vec![0.0; landscape.rank()];
        let found = gibbs_state(landscape, &operator.nodes(), bath, first).expect("found");
        assert!(found.residual < 1e-12 && found.gap.abs() < 1e-13, "{found:?}");
        let away = distance(&found.mass, system.mass());
        assert!(away < 1e-9, "1/β = {temperature}: {away:e}");
        // What the run reports is of this state.
        let seen = system.observe();
        for (name, value) in [
            ("free_energy", found.free_energy),
            ("kernel_truncation", Features::truncation(landscape, [4.0])),
        ] {
            let reported = scalar(&seen, name);
            assert!(reported >= value - 1e-9 && (name != "free_energy" || reported < value + 1e-9), "{name}");
        }
        assert!((seen.risk - found.risk).abs() < 1e-9);
        // And it stands still, to rounding, whatever the step.
        let moved = implicit::step(operator, &found.mass, 1e3).expect("found");
        assert!(distance(&moved.mass, &found.mass) < 1e-11);
    }
}

#[test]
fn the_noiseless_risk_is_recovered_in_proportion_to_the_temperature() {
    let times = [1.0];
    let exact =
        support::risks(&mut Problem::figure_1().by_atoms(160, 1e-9, DimensionLimit::Finite), &times)[0];
    let gaps = [4e-3, 1e-3, 2.5e-4].map(|temperature: f64| {
        let risk = |cells: usize| {
            let (operator, start) = figure_1(cells, temperature, 0.0);
            support::risks(&mut Diffusion::new(operator, start, 1e-3), &times)[0]
        };
        // First order in the cells where the noise is weak: extrapolated.
        2.0 * risk(800) - risk(400) - exact
    });
    // 1/β → 0: slopes 0.95 and 0.98, towards 1.
    let slopes: Vec<f64> = gaps.windows(2).map(|pair| (pair[0] / pair[1]).ln() / 4.0_f64.ln()).collect();
    assert!(slopes.iter().all(|slope| (slope - 1.0).abs() < 0.1), "{gaps:?} {slopes:?}");
}

#[test]
fn what_certifies_is_the_worst_so_far() {
    let grid = Grid { axes: [Axis::uniform(0.0, 1.5, 60).expect("valid")] };
    let start = masses(&grid, 0.8);
    let lowest = (0..60).map(|i| start[i] / grid.volume(i)).fold(f64::INFINITY, f64::min);
    let series = Ridged::new(Problem::figure_1().series(DimensionLimit::Finite), 0.05);
    let operator = Operator::new(series, grid, [VolumeElement::Radius(DIMENSION)], 0.01);
    let mut heavier = start.clone();
    heavier[30] += 1e-9;
    let system = Diffusion::new(operator, heavier, 1e-3);
    let seen = system.observe();
    assert!((scalar(&seen, "mass_error") - 1e-9).abs() < 1e-13);
    // The grid has grown: new cells are empty.
    assert!(scalar(&seen, "minimum_density") <= lowest);
    assert!(scalar(&seen, "kernel_truncation") > 0.0);
}

#[test]
fn a_start_far_narrower_than_the_noise_needs_a_grid_that_grows() {
    // The grid of a start of κ = 0.01 ends at 0.02, the noise carries neurons to 2.9.
    let start = Initial::Gaussian { scale: 0.01 };
    let grid = Grid { axes: [Axis::uniform(0.0, 0.02, 100).expect("valid")] };
    let mass = grid.masses(|radius| start.radial_distribution(DIMENSION, radius)).expect("fits");
    let operator = Operator::new(Ridged::new(Free, 0.5), grid, [VolumeElement::Radius(DIMENSION)], 0.1);
    let mut system = Diffusion::new(operator, mass, 1e-3);
    run(&mut system, 0.05);
    let seen = system.observe();
    assert!(scalar(&seen, "edge_mass") < 1e-9);
    let mean = seen.law.marginal(0).mean();
    narrower_still();
    let exact = scale_of(0.01, 0.05, 0.5, 0.1) * (1.0 - 1.0 / 160.0);
    assert!((mean / exact - 1.0).abs() < 1e-2, "{mean} {exact}");
}

/// A thousand times narrower: right, or refused, but not piled up at the edge.
fn narrower_still() {
    let start = Initial::Gaussian { scale: 1e-5 };
    let grid = Grid { axes: [Axis::uniform(0.0, 2e-5, 100).expect("valid")] };
    let mass = grid.masses(|radius| start.radial_distribution(DIMENSION, radius)).expect("fits");
    let operator = Operator::new(Ridged::new(Free, 0.5), grid, [VolumeElement::Radius(DIMENSION)], 0.1);
    let mut system = Diffusion::new(operator, mass, 1e-3);
    loop {
        match system.advance(0.05) {
            Ok(Stride::Underway) => {}
            Ok(Stride::Reached) => break,
            Err(_) => return,
        }
    }
    let mean = system.observe().law.marginal(0).mean();
    assert!((mean / scale_of(1e-5, 0.05, 0.5, 0.1) - 1.0).abs() < 0.02, "{mean}");
}

#[test]
fn a_two_dimensional_step_finds_its_own_moments() {
    let data = BlockClasses::anisotropic(12, 4, 0.6).expect("valid");
    let series = RadiiSeries::new(&data, &support::sigma(), DimensionLimit::Finite, [2.0, 2.0], 0.05);
    let series = Ridged::new(series.expect("converges"), 0.3);
    let axes = [Axis::uniform(0.0, 3.0, 30).expect("valid"), Axis::uniform(0.0, 4.0, 30).expect("valid")];
    let elements = [VolumeElement::Radius(4), VolumeElement::Radius(8)];
    let operator = Operator::new(series, Grid { axes }, elements, 0.05);
    let bath = Bath { temperature: 0.05, ridge: 0.3, amplitude: Amplitude::One };
    let landscape = operator.landscape.inner();
    let found = gibbs_state(landscape, &operator.nodes(), bath, vec![0.0; landscape.rank()]).expect("found");
    // From the Gibbs state of other neurons, by steps far beyond the explicit bound.
    let hotter = Bath { temperature: 0.2, ..bath };
    let mut mass =
        gibbs_state(landscape, &operator.nodes(), hotter, found.moments.clone()).expect("found").mass;
    let mut before = operator.energies(&mass).free_energy;
    for _ in 0..200 {
        mass = implicit::step(&operator, &mass, 1000.0 * operator.explicit_bound()).expect("found").mass;
        let after = operator.energies(&mass).free_energy;
        assert!(after <= before + 1e-13, "{after} {before}");
        before = after;
    }
    assert!(distance(&mass, &found.mass) < 1e-9, "{:e}", distance(&mass, &found.mass));
    assert!((before - found.free_energy).abs() < 1e-9);
}

#[test]
fn a_restored_run_goes_on_bit_by_bit() {
    let system = || {
        let (operator, start) = figure_1(100, 0.02, 0.05);
        Diffusion::new(operator, start, 1e-3)
    };
    let mut whole = system();
    run(&mut whole, 2.0);
    assert!(whole.grid().cells() > 100, "the grid grows on the way");
    let mut first = system();
    let mut strides = 0;
    while first.advance(2.0) == Ok(Stride::Underway) {
        strides += 1;
        let mut other = system();
        other.restore(&first.save()).expect("fits");
        run(&mut other, 2.0);
        assert_eq!(whole.save(), other.save(), "after {strides} strides");
    }
    assert!(strides > 10 && first.restore(&figure_1_state()).is_err());
}

/// A state of another grid.
fn figure_1_state() -> meanfield_run::system::State {
    let (operator, start) = figure_1(90, 0.02, 0.05);
    Diffusion::new(operator, start, 1e-3).save()
}

/// A parameter and a radius of three, which see no data, from a start much narrower than the Gibbs state.
fn narrow(reach: f64, cells: [usize; 2], temperature: f64) -> Diffusion<2, Ridged<Free>> {
    let axes = [
        Axis::uniform(-reach, reach, cells[0]).expect("valid"),
        Axis::uniform(0.0, reach, cells[1]).expect("valid"),
    ];
    let grid = Grid { axes };
    let along = |axis: usize| {
        let line = Grid { axes: [grid.axes[axis].clone()] };
        let start = Initial::Gaussian { scale: 0.3 * 3.0_f64.sqrt() };
        let normal = |x: f64| meanfield_model::normal::distribution(x / 0.3);
        let masses = line.masses(|x| if axis == 0 { normal(x) } else { start.radial_distribution(3, x) });
        masses.expect("fits")
    };
    let start = Grid::<2>::product([&along(0), &along(1)]);
    let elements = [VolumeElement::Line, VolumeElement::Radius(3)];
    Diffusion::new(Operator::new(Ridged::new(Free, RIDGE), grid, elements, temperature), start, 1e-2)
}

#[test]
fn a_grid_grows_below_as_it_does_above() {
    let mut system = narrow(2.2, [80, 40], TEMPERATURE);
    run(&mut system, 1.0);
    let faces = system.grid().axes[0].faces();
    let lower = faces[0];
    let upper = faces[faces.len() - 1];
    // The Gibbs state has the deviation √0.4: 1e-8 of its mass is beyond 3.6 on either side.
    assert!(lower < -3.4 && upper > 3.4, "{lower} {upper}");
    assert_eq!(system.grid().axes[1].faces()[0], 0.0);
    let seen = system.observe();
    assert!(scalar(&seen, "edge_mass") < 1e-6, "{}", scalar(&seen, "edge_mass"));
    // On a grid that was wide enough from the start: both err by the square of the cells, whose widths
    // differ by a half.
    let mut wide = narrow(4.4, [160, 80], TEMPERATURE);
    run(&mut wide, 1.0);
    let variance = scale_of(0.3 * 40.0_f64.sqrt(), 1.0, RIDGE, TEMPERATURE).powi(2) / 40.0;
    for law in [&system, &wide] {
        let own = law.observe().law.marginal(0);
        assert!(own.mean().abs() < 5e-3, "{}", own.mean());
        assert!((own.standard_deviation().powi(2) / variance - 1.0).abs() < 3e-3, "{variance}");
    }
}

#[test]
fn a_grid_that_grew_on_both_sides_goes_on_from_a_checkpoint_bit_by_bit() {
    let mut whole = narrow(2.2, [40, 20], TEMPERATURE);
    run(&mut whole, 0.3);
    let saved = whole.save();
    let mut resumed = narrow(2.2, [40, 20], TEMPERATURE);
    assert!(whole.grid().cells() > resumed.grid().cells());
    resumed.restore(&saved).expect("fits");
    for system in [&mut whole, &mut resumed] {
        run(system, 0.6);
    }
    assert_eq!(whole.grid(), resumed.grid());
    assert_eq!(whole.mass(), resumed.mass());
}

#[test]
fn mass_at_an_end_that_grows_no_further_is_told_with_time_and_remedy() {
    // The deviation wants to be 6.3: 192 cells on [-2.2, 2.2] × [0, 2.2] may become 1920, and
    // that is not enough.
    let mut system = narrow(2.2, [16, 12], 20.0);
    let error = loop {
        match system.advance(50.0) {
            Ok(Stride::Underway) => {}
            Ok(Stride::Reached) => panic!("it fits on {} cells", system.grid().cells()),
            Err(error) => break error,
        }
    };
    let RunError::Failed { time, what } = error else { panic!("{error:?}") };
    assert!(time > 0.0 && what.contains("wider `domain`"), "{time} {what}");
    assert!(system.grid().cells() < 2400, "{}", system.grid().cells());
}
