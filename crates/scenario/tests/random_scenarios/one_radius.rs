//! Random scenarios of isotropic data and neurons σ(⟨w, x⟩): one radius, all systems.

use proptest::prelude::*;
use proptest::sample::select;

/// A number of a given range, equally likely in its logarithm.
pub fn log_range(from: f64, until: f64) -> impl Strategy<Value = f64> {
    (from.ln()..until.ln()).prop_map(f64::exp)
}

/// An activation, its numbers moderate.
pub fn activation() -> impl Strategy<Value = String> {
    let place = (-3.0..3.0, 0.2..3.0, -2.0..2.0)
        .prop_map(|(height, gain, offset)| format!("height = {height}, gain = {gain}, offset = {offset}"));
    let names =
        select(&["relu", "hard-tanh", "tanh", "erf", "sigmoid", "softplus", "gelu", "silu", "cosine"][..]);
    let named = (names, place.clone()).prop_map(|(name, place)| format!("{name} = {{ {place} }}"));
    let leaky =
        (-1.0..1.0, place).prop_map(|(slope, place)| format!("leaky-relu = {{ slope = {slope}, {place} }}"));
    let knots = (-2.0..1.0, proptest::collection::vec((0.05..2.0, -8.0..8.0), 1..6), any::<bool>());
    let piecewise = knots.prop_map(|(first, steps, at_zero)| {
        let mut at = if at_zero { 0.0 } else { first };
        let mut knots = vec![format!("[{at}, {}]", steps[0].1)];
        for (step, height) in steps {
            at += step;
            knots.push(format!("[{at}, {height}]"));
        }
        format!("piecewise-linear = {{ knots = [{}] }}", knots.join(", "))
    });
    // Of higher degree, or larger, equations are so stiff that cells take hours.
    let coefficients = proptest::collection::vec(-0.3..0.3, 1..5);
    let powers = (select(&["polynomial", "hermite"][..]), coefficients)
        .prop_map(|(name, coefficients)| format!("{name} = {{ coefficients = {coefficients:?} }}"));
    prop_oneof![8 => named, 4 => leaky, 8 => piecewise, 4 => powers, 1 => formula()]
}

/// Texts that are activations, and some that are not.
fn formula() -> impl Strategy<Value = String> {
    let parts = select(
        &[
            "tanh(z)",
            "0.1*z",
            "max(z - 0.4, 0)",
            "abs(z)",
            "exp(-z^2)",
            "z/(1 + z^2)",
            "atan(3*z)",
            "softplus(z)",
            "sin(z)",
            "z^2",
            "sqrt(abs(z))",
            "exp(z)",
            "signum(z)",
        ][..],
    );
    let terms = proptest::collection::vec((0.1..2.0, parts), 1..3);
    terms.prop_map(|terms| {
        let terms: Vec<String> = terms.iter().map(|(factor, part)| format!("{factor}*{part}")).collect();
        format!("formula = \"{}\"", terms.join(" + "))
    })
}

/// Noise of labels, of the squared loss alone: others refuse it.
pub fn label_noise() -> impl Strategy<Value = f64> {
    prop_oneof![3 => Just(0.0), 1 => log_range(1e-3, 3.0)]
}

fn initial() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => log_range(0.05, 2.0).prop_map(|scale| format!("gaussian = {{ scale = {scale} }}")),
        1 => log_range(0.05, 2.0).prop_map(|radius| format!("sphere = {{ radius = {radius} }}")),
        1 => (0.0..1.0, log_range(0.05, 2.0)).prop_map(|(inner, width)| {
            format!("shell = {{ radii = [{inner}, {}] }}", inner + width)
        }),
    ]
}

/// A schedule.
pub fn schedule() -> impl Strategy<Value = String> {
    let stages = (0.001..0.5, 0.1..1.0, log_range(0.01, 3.0), log_range(0.01, 3.0));
    prop_oneof![
        2 => Just("constant = {}".to_owned()),
        1 => (-0.9..0.0).prop_map(|exponent| format!("power = {{ exponent = {exponent} }}")),
        1 => log_range(0.01, 10.0).prop_map(|time| format!("inverse = {{ time = {time} }}")),
        1 => stages.prop_map(|(first, wait, factor, other)| {
            format!("steps = {{ changes = [[{first}, {factor}], [{}, {other}]] }}", first + wait)
        }),
    ]
}

/// A loss.
pub fn loss() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just("squared = {}".to_owned()),
        1 => log_range(0.1, 3.0).prop_map(|threshold| format!("huber = {{ threshold = {threshold} }}")),
        1 => Just("logistic = {}".to_owned()),
        1 => log_range(0.3, 3.0).prop_map(|scale| format!("welsch = {{ scale = {scale} }}")),
    ]
}

/// [model], with a kernel tolerance that few dimensions reach.
fn model() -> impl Strategy<Value = String> {
    let dimension = prop_oneof![2..10_usize, 10..400_usize];
    (dimension, 0.0..0.95, activation(), (loss(), label_noise()), initial()).prop_map(
        |(dimension, separation, activation, (loss, noise), initial)| {
            let noise = if loss.starts_with("squared") { noise } else { 0.0 };
            format!(
                "[model]\nlabel-noise = {noise}\n\
                 data.isotropic-gaussians = {{ dimension = {dimension}, separation = {separation} }}\n\
                 activation.{activation}\nloss.{loss}\ninitial.{initial}\n"
            )
        },
    )
}

fn kernel() -> impl Strategy<Value = String> {
    (select(&["finite", "infinite"][..]), log_range(1e-3, 0.09)).prop_map(|(limit, tolerance)| {
        format!("dimension-limit = \"{limit}\"\nkernel-tolerance = {tolerance}\n")
    })
}

fn finite_volume() -> impl Strategy<Value = String> {
    let limiter = select(&["flat", "minmod", "van-leer", "monotonized-central"][..]);
    let stepper = select(&["ssp2", "ssp3"][..]);
    let keys = (4..60_usize, 0.0..8.0, limiter, stepper, kernel());
    keys.prop_map(|(cells, grading, limiter, stepper, kernel)| {
        format!(
            "[systems.pde.finite-volume]\ncells = [{cells}]\ngrading = {grading}\nlimiter = \"{limiter}\"\n\
             stepper = \"{stepper}\"\n{kernel}"
        )
    })
}

fn characteristics() -> impl Strategy<Value = String> {
    (9..40_usize, log_range(1e-6, 1e-3), log_range(1e-4, 0.05), kernel()).prop_map(
        |(atoms, tolerance, sampling, kernel)| {
            format!(
                "[systems.atoms.characteristics]\natoms = {atoms}\ntolerance = {tolerance}\n\
                 sampling-tolerance = {sampling}\nmost-atoms = 200\n{kernel}"
            )
        },
    )
}

fn jko(end: f64) -> impl Strategy<Value = String> {
    (1..25_usize, log_range(0.05, 3.0), kernel()).prop_map(move |(atoms, share, kernel)| {
        format!("[systems.movements.jko]\natoms = {atoms}\nstep = {}\n{kernel}", share * end)
    })
}

fn finite_network(end: f64) -> impl Strategy<Value = String> {
    let batch = prop_oneof![2 => Just(1_usize), 1 => 1..20_usize, 1 => 200..300_usize];
    (1..6_usize, log_range(5.0, 60.0), 0..1000_u64, batch).prop_map(move |(neurons, steps, seed, batch)| {
        format!(
            "[systems.sgd.finite-network]\nneurons = {neurons}\nstep-size = {}\nseeds = [{seed}]\n\
             batch = {batch}\nmonte-carlo = 300\n",
            end / steps
        )
    })
}

fn gibbs() -> impl Strategy<Value = String> {
    log_range(1e-3, 0.09)
        .prop_map(|tolerance| format!("[systems.gibbs.landscape]\nkernel-tolerance = {tolerance}\n"))
}

/// A system and the noise that it may have.
fn system(end: f64) -> impl Strategy<Value = (String, f64)> {
    let noise = || prop_oneof![1 => Just(0.0), 2 => log_range(1e-6, 10.0)];
    prop_oneof![
        2 => (finite_volume(), noise()).boxed(),
        1 => (characteristics(), Just(0.0)).boxed(),
        1 => (jko(end), Just(0.0)).boxed(),
        1 => (finite_network(end), noise()).boxed(),
        1 => (gibbs(), log_range(1e-5, 10.0)).boxed()
    ]
}

/// A whole scenario.
pub fn scenario() -> impl Strategy<Value = String> {
    let ridge = || prop_oneof![1 => Just(0.0), 2 => log_range(1e-3, 10.0)];
    (log_range(1e-3, 2.0), any::<bool>(), model(), (ridge(), schedule())).prop_flat_map(
        |(end, refinement, model, (ridge, schedule))| {
            system(end).prop_map(move |(system, temperature)| {
                format!(
                    "title = \"random\"\nrefinement = {refinement}\n{model}[dynamics]\nend-time = {end}\n\
                 schedule.{schedule}\ntemperature = {temperature}\nridge = {ridge}\n[observe]\n\
                 times = [0.0, {}, {end}]\nsnapshots = [{end}]\n{system}",
                    0.4 * end
                )
            })
        },
    )
}
