//! What `check` says that scenarios cost: how estimates follow what a scenario asks for. How true they are is
//! measured by `scripts/costs`.

use meanfield_run::system::Cost;
use meanfield_scenario::overrides::Overrides;
use meanfield_scenario::{Scenario, load};

fn scenario(name: &str, set: &[&str]) -> Scenario {
    let path = format!("{}/../../scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("shipped");
    let set = set.iter().map(|set| (*set).to_owned()).collect();
    let overrides = Overrides { set, either: true, ..Overrides::default() };
    load(name, &text, &overrides).unwrap_or_else(|mistakes| panic!("{:?}", mistakes.messages()))
}

fn cost_of(scenario: &Scenario, system: &str) -> Cost {
    let costs = scenario.costs();
    costs.systems.iter().find(|(name, ..)| *name == system).expect("there").2
}

#[test]
fn noise_is_paid_for_on_the_grid_that_it_spreads_to() {
    // Noise and ridge alone take neurons to √(260/(βλ)) = 5.1 in r₂: a grid that holds the start, and is
    // shorter, grows to that.
    let pde = |upper: &str, cells: &str| {
        let domain =
            format!("systems.pde.finite-volume.domain=[[-1.8,3.0],[-2.1,1.9],[0.0,2.4],[0.0,{upper}]]");
        let cells = format!("systems.pde.finite-volume.cells=[20,16,24,{cells}]");
        cost_of(&scenario("anisotropic/noisy", &[&domain, &cells, "dynamics.temperature=0.02"]), "pde")
    };
    // As they are at the start their cells are 24 to 64.
    let whole = pde("6.4", "64");
    let short = pde("2.4", "24");
    assert!(short.bytes > 0.65 * whole.bytes && short.bytes < 1.1 * whole.bytes, "{short:?} {whole:?}");
    assert!(short.seconds > 0.45 * whole.seconds && short.seconds < whole.seconds, "{short:?} {whole:?}");
}

#[test]
fn a_sweep_is_paid_for_point_by_point_and_holds_what_its_threads_do() {
    let whole = scenario("isotropic/basin-of-failure", &[]);
    assert!(whole.swept && whole.points.len() == 10_000);
    let few = "vary.model.data.isotropic-gaussians.separation=[0.5]";
    let run = scenario("isotropic/basin-of-failure", &[few]);
    assert!(!run.swept && run.points.len() == 100);
    let of_sweep = cost_of(&whole, "pde");
    let of_run = cost_of(&run, "pde");
    let ratio = of_sweep.seconds / of_run.seconds;
    assert!((70.0..140.0).contains(&ratio), "a hundred times the points take {ratio} times as long");
    assert!(of_sweep.bytes < of_run.bytes, "{of_sweep:?} {of_run:?}");
}

#[test]
fn the_process_itself_counts() {
    let costs = scenario("isotropic/three-integrators", &[]);
    let altogether = costs.costs().altogether();
    // Code, libraries and figures: none of its systems needs a tenth of that.
    assert!((8e7..2e8).contains(&altogether.bytes), "{altogether:?}");
    assert!(costs.costs().systems.iter().all(|(.., cost)| cost.bytes < 1e7));
}

#[test]
fn thresholds_are_found_once_for_all_separations() {
    let points = |dimensions: &str| {
        let set = format!("vary.model.data.isotropic-gaussians.dimension={dimensions}");
        cost_of(&scenario("isotropic/one-mass-over-dimensions", &[&set]), "one-mass").seconds
    };
    let more = (points("[20,40]") - points("[40]")) / points("[40]");
    assert!((more - 1.0).abs() < 1e-9, "each dimension has its own");
    let separations = |values: &str| {
        let set = format!("vary.model.data.isotropic-gaussians.separation={values}");
        cost_of(
            &scenario(
                "isotropic/one-mass-over-dimensions",
                &[&set, "vary.model.data.isotropic-gaussians.dimension=[40]"],
            ),
            "one-mass",
        )
        .seconds
    };
    assert!(separations("[0.2,0.4]") < 1.2 * separations("[0.4]"));
}

/// Whether a number is within a factor 2 of what was measured.
fn about(said: f64, measured: f64) -> bool {
    said > 0.5 * measured && said < 2.0 * measured
}

#[test]
fn extremes_are_told() {
    // Measured on two threads, those of a dimension of 10⁵ on one and two.
    let figure_1 = |set: &[&str], system: &str| {
        let short = [
            "dynamics.end-time=0.5",
            "observe.times=0..0.5:6",
            "observe.snapshots=[0.1,0.5]",
            "compare.claim=[]",
        ];
        cost_of(&scenario("isotropic/figure-1", &[&short[..], set].concat()), system)
    };
    let sgd = |keys: &str| format!("systems.sgd.finite-network={{neurons=30,{keys},seeds=[1,2]}}");
    let wide = figure_1(&["model.data.isotropic-gaussians.dimension=100000", &sgd("step-size=1e-3")], "sgd");
    assert!(about(wide.seconds, 3.4) && wide.bytes > 0.35e9 && wide.bytes < 2.2e9, "{wide:?}");
    let often = ["observe.times=0..0.5:100000", &sgd("step-size=2.5e-6")];
    let observed = figure_1(&often, "sgd");
    assert!(about(observed.seconds, 19.0), "{observed:?}");
    assert!(about(figure_1(&often, "atoms").bytes, 5e7), "{:?}", figure_1(&often, "atoms"));
    let ridged = ["dynamics.ridge=1e3", "systems.pde.finite-volume={cells=[100]}", &sgd("step-size=1e-4")];
    assert!(about(figure_1(&ridged, "pde").seconds, 0.44), "{:?}", figure_1(&ridged, "pde"));
    let cold = scenario("noisy/isotropic", &["dynamics.temperature=1e-7", "systems.gibbs.landscape={}"]);
    let one = cold.points.iter().filter(|point| point.place_of("gibbs").is_some()).count() as f64;
    assert!(about(cost_of(&cold, "gibbs").seconds / one, 6.9), "{:?}", cost_of(&cold, "gibbs"));
}

#[test]
fn work_is_dealt_out_by_costs_that_every_process_finds_alike() {
    // A σ whose means are quadratures: what `check` says of it is timed.
    let dealt = || {
        let scenario = scenario("targets/one-direction", &["vary.model.label-noise=[0.1,0.2]"]);
        let of_jobs: Vec<f64> = scenario.build().expect("sound").iter().map(|job| job.seconds).collect();
        [scenario.seconds_of_points(), of_jobs]
    };
    let first = dealt();
    assert!(first[0].len() == 2 && first[1].len() > 4, "{first:?}");
    assert_eq!(first, dealt());
}
