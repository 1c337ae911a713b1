//! Starts of data that know directions: means, spheres, overlaps and mixtures of them. Cells, atoms and draws
//! have one law; what is no news equals what was there; what data have no coordinates for is refused in
//! words.

use crate::support;

use meanfield_model::activation::{Activation, Polynomial};
use meanfield_model::directed::DirectedClasses;
use meanfield_model::initial::{Initial, WeightedInitial};
use meanfield_model::problem::Problem;
use meanfield_model::teacher::Teacher;
use meanfield_particle::sampler::initial_weights;
use meanfield_scenario::{load, overrides::Overrides};
use meanfield_solver::panels::{PanelPart, Panels};
use meanfield_solver::start_grid::StartGrid;
use support::{curve, records};

/// d; neurons that are drawn.
const DIMENSION: usize = 10;
const DRAWN: usize = 400_000;

/// E m, E m², E r, E r², E m r: what is compared.
const MOMENTS: usize = 5;

fn products([m, r]: [f64; 2]) -> [f64; MOMENTS] {
    [m, m * m, r, r * r, m * r]
}

fn problem(weights: Initial) -> Problem {
    let square = Polynomial::hermite(&[0.0, 0.0, 1.0]).expect("valid");
    let teacher = Teacher::single_index(Activation::Polynomial(square.clone()));
    let data = DirectedClasses::with_teacher(DIMENSION, 1, teacher);
    Problem::two_layer(data, Activation::Polynomial(square), weights).expect("fits")
}

fn starts() -> Vec<Initial> {
    let about = |scale: f64, mean: f64| Initial::GaussianAbout { scale, mean: vec![mean] };
    let part = |weight: f64, law: Initial| WeightedInitial { weight, law };
    let overlap = Initial::Overlap { radius: 1.5, overlap: vec![0.3] };
    vec![
        about(0.8, 0.5),
        Initial::Sphere { radius: 0.9 },
        overlap.clone(),
        Initial::Mixture(vec![part(0.3, about(0.5, 0.7)), part(0.7, about(1.0, -0.4))]),
        Initial::Mixture(vec![
            part(0.2, Initial::Gaussian { scale: 0.5 }),
            part(0.5, Initial::Sphere { radius: 1.2 }),
            part(0.3, overlap),
        ]),
    ]
}

/// By the atoms that panels begin with.
fn of_atoms(problem: &Problem) -> [f64; MOMENTS] {
    let start = problem.joint_start();
    let parts: Vec<PanelPart> = start.parts().iter().map(PanelPart::from).collect();
    let panels = Panels::of_parts(&parts, 3600, 1e-9, 3600);
    let mut sums = [0.0; MOMENTS];
    for (part, g, weight) in panels.nodes_of_parts() {
        let each = products(start.place(part, &g));
        sums.iter_mut().zip(each).for_each(|(sum, product)| *sum += weight * product);
    }
    sums
}

/// By cells, each at its midpoint.
fn of_cells(problem: &Problem, cells: usize) -> [f64; MOMENTS] {
    let grid = StartGrid {
        cells: vec![cells; 2],
        follow: Some(false),
        start_width: 0.02,
        domain: Some(vec![[-2.5, 2.5], [0.0, 2.5]]),
        grading: 0.0,
    };
    let (axes, masses) = grid.laid_out(problem).expect("fits");
    assert!((masses.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    let mut sums = [0.0; MOMENTS];
    for (i, mass) in masses.iter().enumerate() {
        let each = products([axes[0].centre(i % cells), axes[1].centre(i / cells)]);
        sums.iter_mut().zip(each).for_each(|(sum, product)| *sum += mass * product);
    }
    sums
}

/// By drawn neurons: means, and their standard errors.
fn of_draws(problem: &Problem) -> [[f64; MOMENTS]; 2] {
    let rows = initial_weights(problem.start().weights(), DRAWN, DIMENSION, 3);
    let mut sums = [[0.0; MOMENTS]; 2];
    for row in rows.rows() {
        let mut z = [0.0; 2];
        problem.coordinates().project(row.as_slice().expect("in order"), &mut z);
        for (k, product) in products(z).into_iter().enumerate() {
            sums[0][k] += product / DRAWN as f64;
            sums[1][k] += product * product / DRAWN as f64;
        }
    }
    let [means, squares] = sums;
    let error = |k: usize| ((squares[k] - means[k] * means[k]).max(0.0) / DRAWN as f64).sqrt();
    [means, std::array::from_fn(error)]
}

#[test]
fn cells_atoms_and_draws_have_one_law() {
    for weights in starts() {
        let problem = problem(weights.clone());
        let atoms = of_atoms(&problem);
        let [drawn, errors] = of_draws(&problem);
        let [coarse, fine] = [200, 400].map(|cells| of_cells(&problem, cells));
        for k in 0..MOMENTS {
            let gap = (drawn[k] - atoms[k]).abs();
            assert!(gap < 4.0 * errors[k] + 1e-7, "{weights:?} {k}: {} {}", drawn[k], atoms[k]);
            // Midpoints err by h²/12, of a sphere, whose r ends at an edge, by h^1.5; widening by 0.02².
            let is_normal = matches!(weights, Initial::GaussianAbout { .. });
            let allowed = if weights.has_overlap() { 4e-4 } else { 0.0 };
            let [before, gap] = [coarse[k], fine[k]].map(|found| (found - atoms[k]).abs());
            assert!(
                gap < if is_normal { 1e-4 } else { 7e-4 } + allowed,
                "{weights:?} {k}: {gap:e}, before {before:e}"
            );
            assert!(gap < 0.5 * before + 1e-6 + allowed, "{weights:?} {k}: {gap:e}, before {before:e}");
        }
    }
}

/// A scenario with these parts of [model].
fn scenario(model: &str, systems: &str) -> String {
    format!(
        "title = \"Starts\"\n[model]\n{model}\n[dynamics]\nend-time = 0.5\nschedule.constant = {{}}\n\
         [observe]\ntimes = [0.0, 0.1, 0.5]\n{systems}"
    )
}

const SINGLE: &str = "data.single-index = { dimension = 10, target.tanh = { gain = 2.0 } }
activation.polynomial.coefficients = [0.1, 0.5, 0.3]";
const ATOMS: &str = "[systems.atoms.characteristics]\natoms = 100\nkernel-tolerance = 1e-6\n";
const CELLS: &str = "[systems.cells.finite-volume]\ncells = [40, 32]\nkernel-tolerance = 1e-4\n";
const SGD: &str = "[systems.sgd.finite-network]\nneurons = 400\nstep-size = 5e-4\nseeds = [1, 2, 3, 4]\n";

/// The risk of each system at 0, 0.1 and 0.5.
fn risks(model: &str, systems: &str, names: &[&str]) -> Vec<Vec<f64>> {
    let text = scenario(model, systems);
    let scenario = load("starts.toml", &text, &Overrides::default()).unwrap_or_else(|e| panic!("{e:?}"));
    let records = records(&scenario);
    names.iter().map(|name| curve(&records[*name], "risk")).collect()
}

#[test]
fn a_mean_of_zero_changes_no_bit() {
    let systems = [ATOMS, CELLS, SGD].concat();
    let names = ["atoms", "cells", "sgd"];
    let before = risks(&format!("{SINGLE}\ninitial.gaussian = {{ scale = 0.8 }}"), &systems, &names);
    let start = "initial.gaussian = { scale = 0.8, mean = [0.0] }";
    assert_eq!(before, risks(&format!("{SINGLE}\n{start}"), &systems, &names));
}

#[test]
fn sgd_follows_cells_and_atoms_from_every_start() {
    for start in [
        "gaussian = { scale = 0.8, mean = [0.5] }",
        "sphere = { radius = 0.9 }",
        "sphere = { radius = 0.9, overlap = [0.3] }",
        "mixture.components = [{ weight = 0.4, scale = 0.6, mean = [0.5] }, \
         { weight = 0.4, radius = 0.8 }, { weight = 0.2, radius = 1.0, overlap = [-0.5] }]",
    ] {
        let systems = [ATOMS, CELLS, SGD].concat();
        let found = risks(&format!("{SINGLE}\ninitial.{start}"), &systems, &["atoms", "cells", "sgd"]);
        let [atoms, cells, sgd] = [&found[0], &found[1], &found[2]];
        assert!(atoms.windows(2).all(|pair| pair[1] < pair[0]), "{start}: {atoms:?}");
        for (k, limit) in atoms.iter().enumerate() {
            assert!((cells[k] - limit).abs() < 4e-3, "{start}: {cells:?} {atoms:?}");
            let seeds: Vec<f64> = sgd.iter().skip(k).step_by(atoms.len()).copied().collect();
            let mean = seeds.iter().sum::<f64>() / 4.0;
            // b/N and cε of a network; and four standard errors of four seeds.
            let spread = seeds.iter().map(|risk| (risk - mean).powi(2)).sum::<f64>() / 3.0;
            assert!((mean - limit).abs() < 0.01 + 4.0 * (spread / 4.0).sqrt(), "{start}: {sgd:?} {atoms:?}");
        }
    }
}

#[test]
fn a_direction_that_does_not_matter_leaves_the_radial_start() {
    let class =
        |label: &str, scale: &str, more: &str| format!("{{ label = {label}, scale = {scale}{more} }}");
    let data = |more: [&str; 2]| {
        let classes = [class("1.0", "1.2", more[0]), class("-1.0", "0.8", more[1])].join(", ");
        format!("data.gaussian-classes = {{ dimension = 10, classes = [{classes}] }}")
    };
    let neurons = "activation.polynomial.coefficients = [0.1, 0.5, 0.3]\ninitial.sphere = { radius = 0.9 }";
    let radial = risks(&format!("{}\n{neurons}", data(["", ""])), ATOMS, &["atoms"]);
    let directed = data([", mean = [0.0], along = [1.2]", ", mean = [0.0], along = [0.8]"]);
    let found = risks(&format!("{directed}\n{neurons}"), &[ATOMS, CELLS].concat(), &["atoms", "cells"]);
    for (k, exact) in radial[0].iter().enumerate() {
        assert!((found[0][k] - exact).abs() < 1e-6, "{:?} {radial:?}", found[0]);
        // A curve on 40 × 32 cells.
        assert!((found[1][k] - exact).abs() < 5e-3, "{:?} {radial:?}", found[1]);
    }
}

#[test]
fn atoms_of_several_parts_go_on_from_where_they_were_saved() {
    let parts = "initial.mixture.components = [{ weight = 0.4, scale = 0.6, mean = [0.5] }, \
                 { weight = 0.6, radius = 0.8 }]";
    let text = scenario(&format!("{SINGLE}\n{parts}"), ATOMS);
    let scenario = load("starts.toml", &text, &Overrides::default()).unwrap_or_else(|e| panic!("{e:?}"));
    let systems = || scenario.build().expect("checked").into_iter().map(|job| job.system);
    let mut whole = systems().next().expect("one");
    while whole.time() < 0.2 {
        whole.advance(0.2).expect("advances");
    }
    let mut resumed = systems().next().expect("one");
    resumed.restore(&whole.save()).expect("fits");
    for system in [&mut whole, &mut resumed] {
        while system.time() < 0.5 {
            system.advance(0.5).expect("advances");
        }
    }
    assert_eq!(whole.observe().risk, resumed.observe().risk);
}

/// What is said of a scenario that is refused.
fn refused(model: &str, systems: &str) -> String {
    let found = load("starts.toml", &scenario(model, systems), &Overrides::default());
    format!("{:?}", found.err().unwrap_or_else(|| panic!("{model} is not refused")))
}

#[test]
fn a_coordinate_that_no_term_knows_is_refused() {
    let plane = |second: f64| {
        format!(
            "data.multi-index = {{ dimension = 10, teacher = [\
             {{ direction = [1.0, {second:?}], activation.tanh = {{}} }}] }}\nactivation.tanh = {{}}\n\
             initial.gaussian = {{ scale = 0.8 }}"
        )
    };
    let found = refused(&plane(0.0), SGD);
    assert!(found.contains("number 1 of every direction is 0"), "{found}");
    assert!(load("starts.toml", &scenario(&plane(1e-3), SGD), &Overrides::default()).is_ok());
}

#[test]
fn starts_that_data_have_no_coordinates_for_are_refused_in_words() {
    const ISOTROPIC: &str =
        "data.isotropic-gaussians = { dimension = 20, separation = 0.6 }\nactivation.tanh = {}";
    const PLANE: &str = "data.multi-index = { dimension = 10, teacher = [\
        { direction = [1.0, 1.0], activation.tanh = {} }] }\nactivation.tanh = {}";
    const POINTS: &str =
        "data.table = { inputs = [[0.0, 1.0], [1.0, 0.0]], labels = [1.0, -1.0] }\nactivation.tanh = {}";
    for (data, start, words) in [
        (ISOTROPIC, "gaussian = { scale = 0.8, mean = [0.5] }", "the data know 0 directions"),
        (PLANE, "gaussian = { scale = 0.8, mean = [0.5] }", "the data know 2 directions"),
        (PLANE, "gaussian = { scale = 0.8, mean = [0.5, 0.1, 0.2] }", "write one for each"),
        (SINGLE, "gaussian = { scale = 0.8, mean = [nan] }", "means must be numbers"),
        (SINGLE, "sphere = { radius = 0.8, overlap = [1.0] }", "sum to less than 1"),
        (SINGLE, "shell = { radii = [0.5, 1.0] }", "a start in a shell"),
        (POINTS, "sphere = { radius = 0.8, overlap = [0.1, 0.2] }", "no part across"),
        (
            SINGLE,
            "mixture.components = [{ weight = 1.0, radius = 0.5, mean = [0.1] }]",
            "`mean` is for a part",
        ),
        (SINGLE, "mixture.components = [{ weight = 1.0, scale = 0.5, mean = [0.1, 0.2] }]", "1 directions"),
    ] {
        let found = refused(&format!("{data}\ninitial.{start}"), SGD);
        assert!(found.contains(words), "{start}: {found}");
    }
    let sphere = format!("{PLANE}\ninitial.sphere = {{ radius = 0.8 }}");
    let found =
        refused(&sphere, "[systems.cells.finite-volume]\ncells = [16, 16, 16]\nkernel-tolerance = 1e-2");
    assert!(found.contains("in more the share of a cell has no closed form"), "{found}");
    let atoms = "[systems.atoms.characteristics]\natoms = 64\nkernel-tolerance = 1e-2";
    assert!(load("starts.toml", &scenario(&sphere, atoms), &Overrides::default()).is_ok());
}

#[test]
fn cells_that_such_a_start_does_not_fit_are_named_with_others_that_pass() {
    let cells = |keys: &str| {
        format!("[systems.cells.finite-volume]\nkernel-tolerance = 1e-2\nfollow = false\n{keys}")
    };
    let mean = format!("{SINGLE}\ninitial.gaussian = {{ scale = 0.8, mean = [1.5] }}");
    let found = refused(&mean, &cells("cells = [200, 100]\ndomain = [[-1.0, 1.5], [0.0, 2.5]]"));
    assert!(
        found.contains("along projection, from -1.0000 to 1.5000") && found.contains("beyond 1.5"),
        "{found}"
    );
    assert!(found.contains("write e.g. domain = [["), "{found}");
    let sphere = format!("{SINGLE}\ninitial.sphere = {{ radius = 1.0 }}");
    let found = refused(&sphere, &cells("cells = [40, 5]"));
    assert!(found.contains("along radius_across") && found.contains("write e.g. cells = [40, "), "{found}");
    let passing = found.split("write e.g. cells = ").nth(1).and_then(|rest| rest.split(']').next());
    let text = scenario(&sphere, &cells(&format!("cells = {}]", passing.expect("a list"))));
    assert!(load("starts.toml", &text, &Overrides::default()).is_ok(), "{passing:?}");
}
