//! Where noise and ridge alone carry a start: what a grid with noise must hold at least. No axis is made
//! here.

use meanfield_model::coordinate_start::CoordinateStart;
use meanfield_model::initial::{Initial, Normal};
use meanfield_model::problem::Bath;

/// An end of a grid with noise grows where mass comes that lies beyond so many deviations: some 1e-8.
const GROWS: f64 = 5.6;

/// Lowest and highest coordinate of mass that a grid must hold, from the start until s.
pub(super) fn reached(bath: Bath, start: &CoordinateStart, s: f64) -> [f64; 2] {
    let after = without_data(bath, start, s);
    let ends = |side: f64| [start, &after].map(|law| law.quantile_of_normal(side * GROWS));
    let [lower, lower_after] = ends(-1.0);
    let [upper, upper_after] = ends(1.0);
    [lower.min(lower_after), upper.max(upper_after)]
}

/// The law that a coordinate has after s = ∫ξ dt where the data exert no force: v' = 4/β − 4λv,
/// mean' = −2λ mean.
fn without_data(bath: Bath, start: &CoordinateStart, s: f64) -> CoordinateStart {
    let rate = 4.0 * bath.ridge;
    let gained = if rate > 0.0 { -(-rate * s).exp_m1() / rate } else { s };
    let decay = (-rate * s).exp();
    let noise = 4.0 * bath.temperature * gained;
    match start {
        // Of other laws the normal one of their mean and deviation.
        CoordinateStart::Number(law) => {
            let deviation = (law.deviation().powi(2) * decay + noise).sqrt();
            CoordinateStart::Number(Normal { mean: law.mean() * decay.sqrt(), deviation }.into())
        }
        // Of other starts the Gaussian one of their size: as far out as they are.
        CoordinateStart::Radius { initial, dimension } => {
            let scale = initial.size();
            let scale = (scale * scale * decay + *dimension as f64 * noise).sqrt();
            CoordinateStart::Radius { initial: Initial::Gaussian { scale }, dimension: *dimension }
        }
        // Infinitely many dimensions of noise would carry every neuron to infinity at once: no start with
        // noise has this form.
        CoordinateStart::Length(length) => CoordinateStart::Length(length * decay.sqrt()),
        // Of a sphere the normal law in as many dimensions.
        CoordinateStart::AlongSphere { radius, angle } => {
            let square = radius * radius / (angle.powers()[0] + 2) as f64;
            let deviation = (square * decay + noise).sqrt();
            CoordinateStart::Number(Normal { mean: 0.0, deviation }.into())
        }
        CoordinateStart::AcrossSphere { radius, angle } => {
            let dimension = angle.powers()[0] + 1;
            let scale = (radius * radius * decay + dimension as f64 * noise).sqrt();
            CoordinateStart::Radius { initial: Initial::Gaussian { scale }, dimension }
        }
        CoordinateStart::Mixture(_) => start.with_parts(|law| without_data(bath, law, s)),
    }
}
