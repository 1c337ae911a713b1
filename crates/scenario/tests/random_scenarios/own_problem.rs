//! Random scenarios of problems of one's own: classes with means, targets in a few directions, points; output
//! weights and offsets, starts of them, groups of parameters, temperatures that change. Small: a thousand
//! must be quick.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::one_radius::{label_noise, log_range, loss, schedule};

/// Activations that kernels of directions resolve quickly, and a few that they do not.
fn activation() -> impl Strategy<Value = String> {
    let smooth = (select(&["tanh", "erf", "sigmoid", "softplus"][..]), -2.0..2.0, 0.2..1.5)
        .prop_map(|(name, height, gain)| format!("{name} = {{ height = {height}, gain = {gain} }}"));
    let powers = (select(&["polynomial", "hermite"][..]), vec(-0.4..0.4, 1..4))
        .prop_map(|(name, coefficients)| format!("{name} = {{ coefficients = {coefficients:?} }}"));
    prop_oneof![2 => smooth, 2 => powers, 1 => Just("hard-tanh = {}".to_owned())]
}

/// Classes that are isotropic, in two or three blocks, or with means.
fn classes() -> impl Strategy<Value = String> {
    let class = (log_range(0.2, 3.0), select(&[1.0, -1.0][..]), log_range(0.3, 1.5), vec(-1.0..1.0, 2));
    (3..30_usize, vec(class, 1..4), 0..6_usize).prop_map(|(dimension, classes, form)| {
        let texts: Vec<String> = classes
            .iter()
            .map(|(weight, label, scale, mean)| {
                let more = match form {
                    1 => format!(", mean = {:?}", &mean[..1]),
                    2 => format!(", mean = {mean:?}, along = [0.5, {scale}]"),
                    3 => format!(", relevant-scale = {}", 0.5 * scale),
                    4 => format!(", scales = [{}, {scale}]", 0.5 * scale),
                    5 => format!(", scales = [{}, {scale}, {}]", 0.5 * scale, 1.2 * scale),
                    _ => String::new(),
                };
                format!("{{ weight = {weight}, label = {label}, scale = {scale}{more} }}")
            })
            .collect();
        let third = dimension / 3;
        let block = match form {
            3 => format!("relevant-dimension = {}, ", dimension / 2),
            4 => format!("blocks = [{third}, {}], ", dimension - third),
            5 => format!("blocks = [{third}, {}, {third}], ", dimension - 2 * third),
            _ => String::new(),
        };
        let dimension = dimension + if form == 2 { 1 } else { 0 };
        format!("gaussian-classes = {{ dimension = {dimension}, {block}classes = [{}] }}", texts.join(", "))
    })
}

fn target() -> impl Strategy<Value = String> {
    let single = (4..30_usize, activation())
        .prop_map(|(d, target)| format!("single-index = {{ dimension = {d}, target.{target} }}"));
    let unit = (vec(-1.0..1.0, 2), activation(), -1.0..1.0, -0.5..0.5);
    let multi = (5..30_usize, vec(unit, 1..3)).prop_map(|(d, units)| {
        let units: Vec<String> = units
            .iter()
            .map(|(direction, activation, factor, offset)| {
                format!(
                    "{{ direction = {direction:?}, activation.{activation}, factor = {factor}, \
                     offset = {offset} }}"
                )
            })
            .collect();
        format!("multi-index = {{ dimension = {d}, teacher = [{}] }}", units.join(", "))
    });
    prop_oneof![2 => single, 1 => multi]
}

fn points() -> impl Strategy<Value = String> {
    let points = (1..6_usize)
        .prop_flat_map(|coordinates| vec((vec(-2.0..2.0, coordinates), select(&[1.0, -1.0][..])), 1..6));
    let table = points.prop_map(|points| {
        let inputs: Vec<&Vec<f64>> = points.iter().map(|(input, _)| input).collect();
        let labels: Vec<f64> = points.iter().map(|(_, label)| *label).collect();
        format!("table = {{ inputs = {inputs:?}, labels = {labels:?} }}")
    });
    let grid = (2..12_usize, any::<bool>()).prop_map(|(count, bias)| {
        format!("grid = {{ axes = [[-1.0, 1.0, {count}]], target = \"sin(2*x1)\", bias = {bias} }}")
    });
    prop_oneof![table, grid]
}

/// The law of a number, in the braces of its key.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => (-1.0..1.0, 0.0..0.5).prop_map(|(mean, dev)| format!("mean = {mean}, deviation = {dev}")),
        1 => (-1.0..0.0, 0.1..1.0).prop_map(|(from, until)| format!("interval = [{from}, {until}]")),
        1 => (0.1..0.9).prop_map(|weight| format!(
            "mixture = [{{ weight = {weight}, mean = -1.0 }}, {{ weight = {}, mean = 1.0 }}]",
            1.0 - weight
        )),
    ]
}

/// A start of the weights, and where there are output weights, of these and offsets. Means and overlaps are
/// one or two numbers, whether or not the data have as many directions.
fn initial(is_affine: bool) -> impl Strategy<Value = String> {
    let numbers = || vec(-1.0..1.0, 1..3).prop_map(|numbers| format!("{numbers:?}"));
    let weights = prop_oneof![
        4 => log_range(0.1, 1.5).prop_map(|scale| ("gaussian", format!("scale = {scale}"))),
        2 => (log_range(0.1, 1.5), numbers())
            .prop_map(|(scale, mean)| ("gaussian", format!("scale = {scale}, mean = {mean}"))),
        2 => log_range(0.1, 1.5).prop_map(|radius| ("sphere", format!("radius = {radius}"))),
        1 => (log_range(0.1, 1.5), numbers())
            .prop_map(|(radius, overlap)| ("sphere", format!("radius = {radius}, overlap = {overlap}"))),
        1 => log_range(0.1, 1.5).prop_map(|scale| (
            "mixture",
            format!("components = [{{ weight = 0.5, scale = {scale} }}, {{ weight = 0.5, radius = 1.0 }}]")
        )),
        2 => (log_range(0.1, 1.5), numbers(), numbers(), 0.1..0.9).prop_map(|(scale, mean, other, weight)| (
            "mixture",
            format!(
                "components = [{{ weight = {weight}, scale = {scale}, mean = {mean} }}, \
                 {{ weight = {}, radius = 1.0, overlap = {other} }}]",
                1.0 - weight
            )
        )),
    ];
    (weights, number(), number()).prop_map(move |((kind, weights), a, b)| match is_affine {
        true => format!("initial.{kind} = {{ {weights}, a = {{ {a} }}, b = {{ {b} }} }}"),
        false => format!("initial.{kind} = {{ {weights} }}"),
    })
}

/// [dynamics] beside its end.
fn dynamics(is_affine: bool) -> impl Strategy<Value = (String, bool)> {
    let factor = || prop_oneof![2 => Just(1.0), 1 => Just(0.0), 1 => log_range(0.1, 3.0)];
    let cooling = prop_oneof![
        log_range(0.05, 2.0).prop_map(|time| format!("cooling.inverse = {{ time = {time} }}\n")),
        (0.05..0.2, 0.0..2.0).prop_map(|(t, f)| format!("cooling.steps = {{ changes = [[{t}, {f}]] }}\n")),
    ];
    let temperature = prop_oneof![2 => Just(0.0), 1 => log_range(1e-3, 0.3)];
    let ridge = prop_oneof![1 => Just(0.0), 1 => log_range(1e-2, 1.0)];
    let numbers = (temperature, proptest::option::of(cooling), ridge, any::<bool>());
    (numbers, schedule(), vec(factor(), 3)).prop_map(
        move |((temperature, cooling, ridge, on_weights), schedule, factors)| {
            let mut text = format!("schedule.{schedule}\ntemperature = {temperature}\nridge = {ridge}\n");
            if temperature > 0.0 {
                text += cooling.as_deref().unwrap_or_default();
            }
            if is_affine && ridge > 0.0 && on_weights {
                text += "ridge-on = \"weights\"\n";
            }
            if is_affine {
                let [a, b, w] = [factors[0], factors[1], factors[2].max(0.1)];
                text += &format!("factors = {{ a = {a}, b = {b}, w = {w} }}\n");
            }
            (text, temperature > 0.0)
        },
    )
}

/// What a problem without time stands beside.
const RUNNING: &str = "[systems.sgd.finite-network]\nneurons = 2\nstep-size = 0.01\nseeds = [1]\n\
                       monte-carlo = 300\n";

/// Systems: cells with noise and without, atoms without, networks.
fn system(end: f64, is_noisy: bool, coordinates: usize) -> impl Strategy<Value = String> {
    let on_cells = || {
        (4..9_usize, log_range(0.01, 0.09)).prop_map(move |(cells, tolerance)| {
            let cells = vec![cells; coordinates];
            format!("[systems.pde.finite-volume]\ncells = {cells:?}\nkernel-tolerance = {tolerance}\n")
        })
    };
    // What N and ε do takes seconds where it is known: seldom.
    let atoms = (log_range(0.01, 0.09), 0..60_usize).prop_map(move |(tolerance, seldom)| {
        let until = if seldom == 0 { format!("fluctuations-until = {end}\n") } else { String::new() };
        format!(
            "[systems.atoms.characteristics]\natoms = 9\nmost-atoms = 30\ntolerance = 1e-3\n\
             sampling-tolerance = 0.05\nkernel-tolerance = {tolerance}\n{until}"
        )
    });
    let batch = prop_oneof![3 => Just(1_usize), 1 => 2..20_usize];
    let network = (1..6_usize, log_range(5.0, 60.0), 0..1000_u64, batch).prop_map(
        move |(neurons, steps, seed, batch)| {
            format!(
                "[systems.sgd.finite-network]\nneurons = {neurons}\nstep-size = {}\nseeds = [{seed}]\n\
                 batch = {batch}\nmonte-carlo = 300\n",
                end / steps
            )
        },
    );
    let plateau =
        (0..50_usize).prop_map(|degree| format!("[systems.plateau.landscape]\ndegree = {degree}\n{RUNNING}"));
    let atoms = if is_noisy { on_cells().boxed() } else { atoms.boxed() };
    prop_oneof![5 => on_cells().boxed(), 10 => atoms, 10 => network.boxed(), 1 => plateau.boxed()]
}

/// How many numbers a list has that begins a text.
fn in_list(text: &str) -> usize {
    text.split(']').next().map_or(0, |list| list.split(',').count())
}

/// How many coordinates a neuron is left with; too many are refused.
fn coordinates(data: &str, is_affine: bool) -> usize {
    let of_data = match data {
        data if data.starts_with("multi-index") || data.contains("along") => 3,
        data if data.contains("blocks") => data.split("scales = [").nth(1).map_or(2, in_list),
        data if data.contains("table") => data.split("[[").nth(1).map_or(2, in_list),
        data if data.contains("bias = true") => 2,
        data if data.starts_with("single-index") || data.contains("mean") || data.contains("relevant") => 2,
        _ => 1,
    };
    of_data + if is_affine { 2 } else { 0 }
}

/// A whole scenario.
pub fn scenario() -> impl Strategy<Value = String> {
    let data = prop_oneof![3 => classes().boxed(), 2 => target().boxed(), 2 => points().boxed()];
    let judged = prop_oneof![7 => Just(""), 1 => Just("classification-error = true\n")];
    (log_range(0.01, 0.3), data, activation(), (loss(), label_noise(), judged), any::<bool>()).prop_flat_map(
        |(end, data, activation, (loss, noise, judged), is_affine)| {
            let count = coordinates(&data, is_affine);
            let noise = if loss.starts_with("squared") { noise } else { 0.0 };
            let unit = if is_affine { "unit.affine = {}\n" } else { "" };
            let model = format!(
                "[model]\nlabel-noise = {noise}\ndata.{data}\nactivation.{activation}\nloss.{loss}\n{unit}"
            );
            (initial(is_affine), dynamics(is_affine)).prop_flat_map(move |(initial, (dynamics, is_noisy))| {
                let head = format!(
                    "title = \"random\"\n{model}{initial}\n[dynamics]\nend-time = {end}\n{dynamics}\
                     [observe]\ntimes = [0.0, {}, {end}]\nsnapshots = [{end}]\n{judged}",
                    0.4 * end
                );
                system(end, is_noisy, count).prop_map(move |system| format!("{head}{system}"))
            })
        },
    )
}
