//! Studies that are stated in code: held to what scenarios are, and built as they are. (Here and not beside
//! the code: what builds systems compiles all of them once more.)

use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::problem::Problem;
use meanfield_run::drive::Plan;
use meanfield_scenario::study::{Study, StudyError};
use meanfield_scenario::systems::finite_volume::keys::FiniteVolumeKeys;

fn study(times: &[f64], cells: &[usize]) -> Study {
    let relu = Activation::PiecewiseLinear(PiecewiseLinear::relu());
    let data = GaussianClasses::isotropic(40, 0.8).expect("valid");
    let problem = Problem::two_layer(data, relu, Initial::Gaussian { scale: 0.8 }).expect("fits");
    let plan = Plan { times: times.to_vec(), ..Plan::default() };
    Study::new(problem, plan).with("pde", FiniteVolumeKeys::with_cells(cells))
}

fn messages(study: &Study) -> Vec<String> {
    match study.jobs() {
        Err(StudyError::Mistakes(mistakes)) => mistakes.messages().into_iter().map(str::to_owned).collect(),
        Err(error) => vec![error.to_string()],
        Ok(_) => Vec::new(),
    }
}

#[test]
fn a_study_is_held_to_what_a_scenario_is() {
    assert!(messages(&study(&[0.5], &[100])).is_empty());
    let wrong = messages(&study(&[0.5], &[100, 100]));
    assert_eq!(wrong, ["the law has one coordinate, the radius, but `cells` has 2 numbers"]);
    assert_eq!(messages(&study(&[1.0, 0.5], &[100])), ["`times` must be finite, at least 0, and increase"]);
    assert_eq!(messages(&study(&[], &[100])), ["there is no time above 0 to observe"]);
}

#[test]
fn companions_run_where_errors_are_asked_for() {
    let jobs = study(&[0.5], &[100]).with_refinement().jobs().expect("sound");
    assert_eq!(jobs.iter().map(|job| job.coarse).collect::<Vec<_>>(), [false, true]);
}
