//! Distances between laws that agree are as small as their agreement, from the run and from the record alone;
//! a figure of very many times is no larger than a page needs.

use crate::support;

use support::Place;

const TWO: &str = r#"title = "One law by 40 and by 80 atoms"
[model]
data.isotropic-gaussians = { dimension = 40, separation = 0.8 }
activation.piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }
initial.gaussian = { scale = 0.8 }
[dynamics]
end-time = 3.0
schedule.constant = {}
[observe]
times = "log(1e-2..3:9)"
snapshots = [0.1, 1.0, 3.0]
levels = [0.01, 0.5, 0.99]
[systems.fine.characteristics]
atoms = 80
[systems.coarse.characteristics]
atoms = 40
[compare]
reference = "fine"
[[compare.claim]]
system = "coarse"
quantity = "wasserstein_1_radius"
within = 1e-6
[[compare.claim]]
system = "coarse"
quantity = "kolmogorov_smirnov_radius"
within = 1e-4
"#;

#[test]
fn laws_that_agree_are_close_in_the_run_and_in_the_record() {
    let place = Place::new();
    place.write("two.toml", TWO);
    let said = place.meanfield(&["run", "two.toml"]).status(0);
    let records = place.records("output/two");
    let quantiles = |i: usize| records[i].quantiles[0].values.clone();
    let gap = (quantiles(0) - quantiles(1)).iter().fold(0.0, |largest: f64, gap| largest.max(gap.abs()));
    // Each splits what it leaves unresolved by more than 1e-6; nodes alone were 0.04 apart.
    assert!(gap < 1e-5, "quantiles are {gap:.1e} apart");
    let line = |text: &str| text.lines().find(|l| l.contains("at the last snapshot")).map(str::to_owned);
    let again = place.meanfield(&["compare", "output/two/record.h5"]).status(0);
    assert!(line(&said.out).is_some() && line(&said.out) == line(&again.out), "{}\n{}", said.out, again.out);
}

#[test]
fn thousands_of_times_make_small_figures_on_a_linear_axis_from_zero() {
    let place = Place::new();
    place.write("many.toml", &TWO.replace("log(1e-2..3:9)", "0..3:5001"));
    place.meanfield(&["run", "many.toml"]).status(0);
    for (file, bytes) in place.files("output/many/figures") {
        assert!(bytes.len() < 1_000_000, "{}: {} bytes", file.display(), bytes.len());
    }
    let records = place.records("output/many");
    assert!(records.iter().all(|record| record.time.len() == 5001 && record.time[0] == 0.0));
}
