//! The systems: driven, observed and resumed as all others.

use meanfield_deep::residual::coupling::CoupledResidualNetwork;
use meanfield_deep::residual::gram::LimitGrams;
use meanfield_deep::residual::limit::ResidualLimit;
use meanfield_deep::residual::network::ResidualNetwork;
use meanfield_deep::systems::residual::coupled::CoupledResidualSystem;
use meanfield_deep::systems::residual::limit::ResidualLimitSystem;
use meanfield_deep::systems::residual::network::ResidualNetworkSystem;
use meanfield_deep::training::Training;
use meanfield_run::drive::{Identity, Plan, drive};
use meanfield_run::system::{Stride, System};

use super::limit::resolution;
use super::problems::{problem, start};

/// Each system at t = 0.
fn fresh(kind: usize) -> Box<dyn System> {
    let problem = problem(5, 3, 3);
    let drawn = start().network(&problem, 30, 1);
    let training = Training::FullBatch { step_size: 0.05 };
    let resolution = resolution(1024, 2, 3);
    match kind {
        0 => {
            let network = ResidualNetwork::new(problem, drawn.paths, training, 1);
            Box::new(ResidualNetworkSystem::new(network.expect("valid")))
        }
        1 => {
            let limit = ResidualLimit::new(problem, &start(), &resolution);
            Box::new(ResidualLimitSystem::new(limit.expect("valid")))
        }
        _ => {
            let grams = LimitGrams::new(&problem.architecture, problem.data.inputs().view(), 1.0, 3);
            let coupled =
                CoupledResidualNetwork::new(problem, &start(), &resolution, grams, drawn, training, 1);
            Box::new(CoupledResidualSystem::new(coupled.expect("valid"), 0.25))
        }
    }
}

fn advance(system: &mut dyn System, until: f64) {
    while system.advance(until).expect("stable") == Stride::Underway {}
}

#[test]
fn systems_lose_and_report_what_they_are() {
    for (kind, names) in [
        (0, &["spread_3", "least_gram_eigenvalue"][..]),
        (1, &["energy_residual", "risk_refinement_error"][..]),
        (2, &["distance_3", "largest_risk_gap"][..]),
    ] {
        let identity = Identity {
            system: "residual".into(),
            kind: "toy",
            coordinates: (1..=3).map(|k| format!("w{k}")).collect(),
            ..Identity::default()
        };
        let plan = Plan { times: vec![0.0, 0.5, 1.0], snapshots: vec![1.0], levels: vec![0.5] };
        let coordinates = fresh(kind).observe().law.atoms().expect("atoms").0.ncols();
        let identity = Identity { coordinates: identity.coordinates[..coordinates].to_vec(), ..identity };
        let record = drive(&mut *fresh(kind), identity, &plan, None, &mut ()).expect("stable");
        let risk = record.curve("risk").expect("observed");
        assert!(risk.values[[2]] < 0.9 * risk.values[[0]], "{kind}: {:?}", risk.values);
        for name in names {
            let curve = record.curve(name).unwrap_or_else(|| panic!("{kind}: {name}"));
            assert!(curve.values.iter().all(|x| x.is_finite()), "{kind}: {name}");
        }
    }
}

#[test]
fn systems_that_are_resumed_go_on_as_before() {
    for kind in 0..3 {
        let mut whole = fresh(kind);
        advance(&mut *whole, 0.5);
        let saved = whole.save();
        advance(&mut *whole, 1.0);
        let mut resumed = fresh(kind);
        resumed.restore(&saved).expect("of its own");
        assert_eq!(resumed.time(), 0.5);
        advance(&mut *resumed, 1.0);
        assert_eq!(resumed.save(), whole.save(), "{kind}");
        assert!(resumed.restore(&meanfield_run::system::State { integers: vec![], reals: vec![] }).is_err());
    }
}
