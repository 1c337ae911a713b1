//! Figures of laws in two and four coordinates, on grids that move, and of what a scenario may ask for there:
//! an inset of several curves, steps instead of time.

use std::fs;
use std::path::{Path, PathBuf};

use meanfield_compare::judge::compare;
use meanfield_figure::{Content, Over, draw_all};
use meanfield_model::axis::Axis;
use meanfield_model::measure::{Measure, pairs};
use meanfield_run::record::{Fact, NamedLaw, Nature, Record, RunAxis};
use ndarray::{Array1, Array2};

use crate::made_up::*;

/// Means and widths of two groups of neurons that part.
type Group = Vec<(f64, f64)>;

fn groups(dimension: usize, time: f64) -> [(f64, Group); 2] {
    let done = 1.0 - (-time / 2.5).exp();
    let between = |from: f64, to: f64| from + done * (to - from);
    let radii = |r: [f64; 2]| [(between(0.35, r[0]), 0.03 + 0.08 * done), (between(0.72, r[1]), 0.035)];
    let outer = |a: f64, b: f64| [(between(0.0, a), 0.25 - 0.1 * done), (between(0.0, b), 0.2)];
    let group = |a: [(f64, f64); 2], r: [(f64, f64); 2]| [a, r].concat()[4 - dimension..].to_vec();
    [(0.4, group(outer(-1.3, 0.6), radii([0.25, 0.3]))), (0.6, group(outer(1.1, -0.7), radii([1.4, 0.45])))]
}

fn names_of(dimension: usize) -> Vec<String> {
    ["a", "b", "radius_1", "radius_2"][4 - dimension..].iter().map(|name| (*name).to_owned()).collect()
}

/// A grid that ends where the law does, so that each snapshot has its own.
fn axes(dimension: usize, time: f64, cells: usize) -> Vec<Axis> {
    let groups = groups(dimension, time);
    let reach = |k: usize| {
        let ends = groups.iter().flat_map(|(_, group)| [-5.0, 5.0].map(|s| group[k].0 + s * group[k].1));
        ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), end| (a.min(end), b.max(end)))
    };
    (0..dimension)
        .map(|k: usize| {
            let (from, until) = reach(k);
            let from = if dimension - k <= 2 { 0.0 } else { from };
            Axis::uniform(from, until, cells + k).expect("axis")
        })
        .collect()
}

fn normal(x: f64, (mean, width): (f64, f64)) -> f64 {
    (-0.5 * ((x - mean) / width).powi(2)).exp() / (width * (2.0 * std::f64::consts::PI).sqrt())
}

fn plane(groups: &[(f64, Group); 2], axes: &[Axis], (first, second): (usize, usize)) -> Array2<f64> {
    let at = |(share, group): &(f64, Group), i: usize, j: usize| {
        let along = |k: usize, i: usize| normal(axes[k].centre(i), group[k]) * axes[k].width(i);
        share * along(first, i) * along(second, j)
    };
    Array2::from_shape_fn((axes[first].cells(), axes[second].cells()), |(i, j)| {
        groups.iter().map(|group| at(group, i, j)).sum()
    })
}

fn on_grid(dimension: usize, time: f64, cells: usize) -> Measure {
    let groups = groups(dimension, time);
    let axes = axes(dimension, time, cells);
    match dimension {
        2 => Measure::Cells { mass: plane(&groups, &axes, (0, 1)).into_dyn(), axes },
        _ => Measure::Marginals { pairs: pairs(4).map(|pair| plane(&groups, &axes, pair)).collect(), axes },
    }
}

/// Atoms by Box and Muller's formula.
fn sampled(dimension: usize, time: f64, count: usize, seed: u64, weight: impl Fn(usize) -> f64) -> Measure {
    let groups = groups(dimension, time);
    let mut random = uniforms(seed);
    let mut next = || random.next().expect("endless");
    let mut points = Array2::zeros((count, dimension));
    for mut row in points.rows_mut() {
        let (_, group) = &groups[usize::from(next() > 0.4)];
        for (z, (mean, width)) in row.iter_mut().zip(group) {
            let angle = 2.0 * std::f64::consts::PI * next();
            *z = mean + width * (-2.0 * next().ln()).sqrt() * angle.cos();
        }
    }
    let weights: Array1<f64> = (0..count).map(&weight).collect();
    Measure::Atoms { points, weights: &weights / weights.sum() }
}

const LATER: [f64; 7] = [0.1, 0.3, 1.0, 2.0, 4.0, 7.0, 10.0];

fn with_means(mut record: Record, dimension: usize) -> Record {
    for (k, name) in names_of(dimension).iter().enumerate() {
        record.curves.push(curve(
            &format!("mean_{name}"),
            times()
                .iter()
                .map(|time: &f64| {
                    groups(dimension, *time).iter().map(|(share, group)| share * group[k].0).sum()
                })
                .collect(),
        ));
    }
    record
}

fn several(dimension: usize, system: &str, kind: &str, law: impl Fn(f64) -> Measure) -> Record {
    let risks = times().iter().map(|t| risk(*t)).collect();
    let mut record = record(system, kind, times(), risks, Vec::new());
    record.snapshot_time = LATER.to_vec();
    record.laws = vec![NamedLaw::neurons(names_of(dimension), LATER.map(law).to_vec())];
    with_means(record, dimension)
}

fn network(dimension: usize) -> Record {
    let run = |seed: u64| {
        let mut run =
            several(dimension, "sgd", "finite-network", |t| sampled(dimension, t, 800, seed, |_| 1.0));
        // one neuron far out
        for law in &mut run.laws[0].measures {
            let Measure::Atoms { points, .. } = law else { panic!("atoms") };
            points[[0, 0]] += 40.0;
        }
        run.nature = Nature::Network;
        run.step = Some(times().iter().map(|t| (t * 1e4) as u64).collect());
        run.facts = vec![Fact::new("neurons", 800.0), Fact::new("step_size", 1e-4)];
        for curve in &mut run.curves {
            let mut noise = uniforms(seed + 50);
            curve.values.mapv_inplace(|value| value + 0.02 * (noise.next().expect("endless") - 0.5));
        }
        run
    };
    let axis = RunAxis { name: "seed".into(), key: None, values: vec![1.0, 2.0] };
    Record::stack(axis, vec![run(1), run(2)]).expect("alike")
}

fn all_in(dimension: usize) -> Vec<Record> {
    all_on(dimension, if dimension == 2 { 220 } else { 48 })
}

/// The same with so many cells along each axis. Distances of fine grids take long, and no figure here shows
/// them: comparisons are of coarse ones.
fn all_on(dimension: usize, cells: usize) -> Vec<Record> {
    let pde = several(dimension, "pde", "finite-volume", |t| on_grid(dimension, t, cells));
    let atoms = several(dimension, "atoms", "characteristics", |t| {
        sampled(dimension, t, 150, 9, |i: usize| 1.0 / (1.0 + i as f64 / 40.0))
    });
    vec![atoms, pde, network(dimension)]
}

/// The only figure of pairs, SVG and PNG.
fn joint(files: &[PathBuf]) -> [&Path; 2] {
    ["joint_law.svg", "joint_law.png"].map(|name| {
        files.iter().find(|file| file.ends_with(name)).unwrap_or_else(|| panic!("no {name}")).as_path()
    })
}

fn count(said: &[String], word: &str) -> usize {
    said.iter().filter(|said| *said == word).count()
}

#[test]
fn pairs_of_coordinates_are_drawn_over_time() {
    for (dimension, letters) in
        [(2, vec![("r₁", 5), ("r₂", 1)]), (4, vec![("a", 10), ("b", 1), ("r₁", 6), ("r₂", 1)])]
    {
        let records = all_in(dimension);
        let comparison = compare(&all_on(dimension, 24), "pde", &[]).expect("comparable");
        let (_folder, files) = draw(&records, Some(&comparison));
        keep(&files, &format!("{dimension}d"));
        let expected =
            ["risk", "law", "joint_law"].map(|name| [format!("{name}.svg"), format!("{name}.png")]);
        assert_eq!(names(&files), expected.concat());
        let [svg, _] = joint(&files);
        let said = words(svg);
        for (letter, times) in letters {
            assert_eq!(count(&said, letter), times, "{letter} in {said:?}");
        }
        assert_eq!(said.iter().filter(|word| word.starts_with("t = ")).count(), 5);
        assert_eq!(count(&said, "pde (finite-volume): density, from 0 to its maximum in each panel"), 1);
        assert_eq!(said.iter().filter(|word| word.ends_with(" of 1600 neurons, a dot each")).count(), 1);
        assert!(fs::metadata(svg).expect("there").len() < 500_000);
        // a row for each coordinate
        let law = words(files.iter().find(|file| file.ends_with("law.svg")).expect("drawn"));
        assert_eq!((count(&law, "radius r₂ = |w₂|"), count(&law, "t = 10")), (4, dimension));
    }
}

/// Where in a picture pixels are as dark as a map's peak, not counting text and frames: (x, y) on average.
fn darkest(png: &Path, colour: [u8; 3]) -> Vec<(u32, u32)> {
    let near = |pixel: &[u8; 3]| pixel.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 12);
    let picture = pixels(png);
    picture.enumerate_pixels().filter(|(.., pixel)| near(&pixel.0)).map(|(x, y, _)| (x, y)).collect()
}

#[test]
fn the_map_is_where_the_mass_is() {
    // all mass in one corner of the grid, at one time: the darkest colour of the black system
    let corner = |i: usize, j: usize| {
        let axes = vec![Axis::uniform(-1.0, 1.0, 10).expect("axis"); 2];
        let mut mass = Array2::from_elem((10, 10), 0.004);
        mass[[i, j]] = 0.6;
        Measure::Cells { axes, mass: mass.into_dyn() }
    };
    let middle = |i: usize, j: usize| {
        let mut pde = record("pde", "finite-volume", vec![0.1], vec![1.0], vec![corner(i, j)]);
        pde.laws[0].coordinates = vec!["a".into(), "b".into()];
        let (_folder, files) = draw(&[pde], None);
        let dark = darkest(joint(&files)[1], [72, 72, 72]);
        assert!(dark.len() > 500, "{}", dark.len());
        let mean = |axis: fn(&(u32, u32)) -> u32| {
            dark.iter().map(|p| f64::from(axis(p))).sum::<f64>() / dark.len() as f64
        };
        (mean(|p| p.0), mean(|p| p.1))
    };
    let left_below = middle(1, 1);
    let right_above = middle(8, 7);
    assert!(
        right_above.0 > left_below.0 + 150.0 && right_above.1 < left_below.1 - 120.0,
        "{left_below:?} {right_above:?}"
    );
}

#[test]
fn without_a_grid_atoms_are_drawn_alone() {
    let records = all_in(2);
    let (_folder, files) = draw(&[records[0].clone(), records[2].clone()], None);
    keep(&files, "2d-atoms");
    let said = words(joint(&files)[0]);
    assert!(!said.iter().any(|word| word.contains("density")), "{said:?}");
    assert_eq!(count(&said, "atoms (characteristics): 150 atoms, area by weight"), 1);
    let (_folder, files) = draw(&[limit("pde", "finite-volume", 0.0, cells)], None);
    assert!(!names(&files).iter().any(|name| name.starts_with("joint")), "one coordinate has no pair");
}

#[test]
fn the_reference_is_the_map() {
    let mut records = all_on(2, 24);
    records.push(Record { system: "other".into(), ..records[1].clone() });
    for reference in ["pde", "other"] {
        let comparison = compare(&records, reference, &[]).expect("comparable");
        let (_folder, files) = draw(&records, Some(&comparison));
        let said = words(joint(&files)[0]);
        assert!(
            said.iter().any(|word| word.starts_with(&format!("{reference} (finite-volume): density"))),
            "{said:?}"
        );
    }
}

#[test]
fn a_static_law_on_a_grid_is_drawn_as_contours_upon_the_map() {
    let mut gibbs = record("gibbs", "landscape", vec![10.0], vec![risk(10.0)], Vec::new());
    gibbs.nature = Nature::Static;
    gibbs.snapshot_time = vec![10.0];
    gibbs.laws = vec![NamedLaw::neurons(names_of(4), vec![on_grid(4, 10.0, 48)])];
    let mut records = all_in(4);
    records.push(gibbs);
    let (_folder, files) = draw(&records, None);
    keep(&files, "4d-contours");
    let said = words(joint(&files)[0]);
    let label = "gibbs (landscape, static): curves around 50 % and 95 % of its mass";
    assert_eq!(count(&said, label), 1, "{said:?}");
    assert!(said.iter().any(|word| word.starts_with("pde (finite-volume): density")), "{said:?}");
}

#[test]
fn points_of_varied_keys_have_a_figure_each() {
    let axis = RunAxis {
        name: "scale".into(),
        key: Some("model.initial.gaussian.scale".into()),
        values: vec![0.4, 2.0],
    };
    let (_folder, files) = draw(
        &all_in(2)
            .into_iter()
            .map(|record: Record| Record::stack(axis.clone(), vec![record.clone(), record]).expect("alike"))
            .collect::<Vec<_>>(),
        None,
    );
    let svg = |name: &str| {
        files
            .iter()
            .find(|file| file.ends_with(name))
            .is_some_and(|file| words(file).concat().contains("(κ = "))
    };
    assert!(svg("joint_law_scale_0_4.svg") && svg("joint_law_scale_2.svg"), "{:?}", names(&files));
}

/// Systems in four coordinates that kept no law.
fn without_laws() -> Vec<Record> {
    let law = |time: f64| sampled(4, time, 1, 1, |_| 1.0);
    let pde = several(4, "pde", "finite-volume", law);
    [several(4, "atoms", "characteristics", law), pde, network(4)]
        .map(|record: Record| Record { snapshot_time: Vec::new(), laws: Vec::new(), ..record })
        .into()
}

/// The figure of the risk with these curves in the inset.
fn risk_with(records: &[Record], inset: &[&str], over: Over, name: &str) -> Vec<String> {
    let comparison = compare(records, "pde", &[]).expect("comparable");
    let inset: Vec<String> = inset.iter().map(|name| (*name).to_owned()).collect();
    let content = Content { inset: &inset, over, ..content(records, Some(&comparison)) };
    let folder = tempfile::tempdir().expect("folder");
    let files = draw_all(folder.path(), &content).expect("drawn");
    keep(&files[..2], name);
    words(&files[0])
}

#[test]
fn an_inset_may_show_several_curves() {
    let records = without_laws();
    let said = risk_with(&records, &["mean_a", "mean_b", "mean_radius_1"], Over::Time, "inset-3");
    assert_eq!(["⟨a⟩", "⟨b⟩", "⟨r₁⟩"].map(|word| count(&said, word)), [1, 1, 1], "{said:?}");
    let said = risk_with(&records, &["mean_a", "mean_of_nothing"], Over::Time, "inset-1");
    let alone = "mean output weight a";
    assert_eq!((count(&said, alone), said.iter().any(|word| word.contains("nothing"))), (1, false));
}

#[test]
fn the_risk_may_be_drawn_over_steps() {
    let mut records = without_laws();
    let over =
        |records: &[Record], over| risk_with(records, &["mean_a", "mean_b", "mean_radius_1"], over, "steps");
    // from t = 1e-3 until 10, ε = 1e-4; the start stands before the break, where its label takes the place of
    // 10⁻³ in the inset
    let time = over(&records, Over::Time);
    let steps = over(&records, Over::Step);
    assert_eq!((count(&time, "time t = kε"), count(&steps, "SGD step k = t/ε")), (1, 1));
    assert!(time.iter().filter(|word| *word == "0").count() > 2, "t = 0 on both axes: {time:?}");
    assert_eq!((count(&time, "10⁻³"), count(&steps, "10⁻³"), count(&steps, "10⁴")), (1, 0, 2), "{steps:?}");
    let mut other = records[2].clone();
    other.system = "other".into();
    other.facts[1] = Fact::new("step_size", 1e-3);
    records.push(other);
    // Twelve curves are more than can be told apart in an inset: each quantity has a panel of its own.
    assert_eq!(count(&over(&records, Over::Step), "time t = kε"), 4);
}
