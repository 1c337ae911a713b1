//! Two layers by both roads: as a network with layers, whose data are a quadrature of two Gaussian classes,
//! and in reduced coordinates by characteristics. Neither knows the other's code.

use std::error::Error;

use meanfield_deep::activation::LayerActivation;
use meanfield_deep::architecture::{Architecture, LayerSchedule};
use meanfield_deep::data::DataPoints;
use meanfield_deep::law::EntryLaw;
use meanfield_deep::limit::Limit;
use meanfield_deep::problem::DeepProblem;
use meanfield_deep::quadrature::Resolution;
use meanfield_deep::start::Start;
use meanfield_model::activation::{Activation, Placement, Shape, Smooth};
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::loss::Loss;
use meanfield_model::problem::Problem;
use meanfield_model::sphere;
use meanfield_run::drive::{Plan, drive};
use meanfield_scenario::study::Study;
use meanfield_scenario::systems::characteristics::keys::CharacteristicsKeys;
use ndarray::{Array1, Array2};

const TIMES: [f64; 2] = [0.3, 1.0];
const SCALE: f64 = 0.8;
const ANGLES: usize = 32;
const LENGTHS: usize = 24;
const NODES: usize = 28;
const KERNEL_TOLERANCE: f64 = 2e-6;
/// A smooth loss: the reduction then is a quadrature over data, too.
const LOSS: Loss = Loss::Welsch { scale: 2.0 };

fn sigma() -> Activation {
    let place = Placement { offset: 0.7, gain: 0.5, ..Placement::default() };
    Activation::Smooth(Smooth { shape: Shape::Erf, place })
}

/// Points and probabilities of the two classes in the plane.
fn points(data: &GaussianClasses) -> Result<DataPoints, Box<dyn Error>> {
    let rule = sphere::lengths(2, LENGTHS)?;
    let mut inputs = Vec::new();
    let mut labels = Vec::new();
    let mut weights = Vec::new();
    for class in &data.classes {
        for (length, share) in &rule {
            for k in 0..ANGLES {
                let angle = std::f64::consts::TAU * k as f64 / ANGLES as f64;
                inputs.extend([angle.cos(), angle.sin()].map(|x| class.scale * length * x));
                labels.push(class.label);
                weights.push(class.weight * share / ANGLES as f64);
            }
        }
    }
    let sum: f64 = weights.iter().sum();
    let weights: Array1<f64> = weights.iter().map(|weight| weight / sum).collect();
    Ok(DataPoints::new(Array2::from_shape_vec((labels.len(), 2), inputs)?, labels.into(), weights)?)
}

fn with_layers(data: &GaussianClasses) -> Result<Vec<f64>, Box<dyn Error>> {
    let activations = vec![LayerActivation::Other(sigma()), LayerActivation::Identity];
    let schedules = vec![LayerSchedule::PLAIN, LayerSchedule::Frozen];
    let problem = DeepProblem::new(Architecture::new(activations, LOSS, schedules)?, points(data)?);
    let weight = EntryLaw::Normal { mean: 0.0, deviation: SCALE / 2_f64.sqrt() };
    let start = Start::independent(vec![weight; 2], vec![EntryLaw::Constant { value: 1.0 }])?;
    let mut resolution = Resolution::default();
    resolution.nodes = NODES;
    let mut limit = Limit::new(problem, &start, &resolution)?;
    let mut risks = Vec::new();
    for time in TIMES {
        limit.advance(time)?;
        risks.push(limit.loss());
    }
    Ok(risks)
}

fn in_one_radius(data: GaussianClasses) -> Result<Vec<f64>, Box<dyn Error>> {
    let problem = Problem::two_layer(data, sigma(), Initial::Gaussian { scale: SCALE })?.with_loss(LOSS);
    let plan = Plan { times: TIMES.to_vec(), ..Plan::default() };
    let keys =
        CharacteristicsKeys { kernel_tolerance: KERNEL_TOLERANCE, ..CharacteristicsKeys::with_atoms(240) };
    let study = Study::new(problem, plan.clone()).with("atoms", keys);
    let mut job = study.jobs()?.remove(0);
    let record = drive(&mut *job.system, job.identity, &plan, None, &mut ())?;
    Ok(record.curves[0].values.iter().copied().collect())
}

#[test]
fn a_network_with_two_layers_has_the_limit_of_two_layer_networks() -> Result<(), Box<dyn Error>> {
    let data = GaussianClasses::isotropic(2, 0.6)?;
    let layers = with_layers(&data)?;
    let radius = in_one_radius(data)?;
    assert!(radius[0] - radius[1] > 1e-3, "it moves: {radius:?}");
    for (own, other) in layers.iter().zip(&radius) {
        // The reduction's own quadrature over data errs by 1.5e-6, as it says.
        assert!((own - other).abs() < KERNEL_TOLERANCE, "{layers:?} {radius:?}");
    }
    Ok(())
}
