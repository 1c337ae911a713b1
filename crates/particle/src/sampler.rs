//! Draws from the data model and from the initial law.

use meanfield_model::coordinates::Coordinates;
use meanfield_model::initial::{AffineStart, Initial, across_overlap};
use meanfield_model::measure::Measure;
use meanfield_model::mixture::{Component, Mixture};
use meanfield_model::recorded_start;
use meanfield_random::deviates::normal;
use meanfield_random::stream::{Purpose, generator};
use ndarray::{Array2, ArrayViewMut1, Axis, concatenate, s};
use rand::{Rng, RngExt};

/// Samples drawn together; block `j` of a stream holds samples j·BLOCK … (j+1)·BLOCK − 1.
pub const BLOCK: usize = 256;

/// A block of samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// Inputs, shape (sample, d).
    pub x: Array2<f64>,
    /// Labels.
    pub y: Vec<f64>,
}

/// Block `block` of the stream `(seed, purpose)`.
pub fn block(data: &Mixture, seed: u64, purpose: Purpose, block: u64) -> Samples {
    let mut random = generator(seed, purpose, block);
    let mut x = Array2::zeros((BLOCK, data.dimension()));
    let mut y = Vec::with_capacity(BLOCK);
    let classes = ClassEnds::new(data);
    for mut row in x.rows_mut() {
        let class = classes.draw(&mut random);
        for (coordinates, scale) in data.blocks().zip(&class.scales).filter(|(_, scale)| **scale > 0.0) {
            row.slice_mut(s![coordinates]).mapv_inplace(|_| scale * normal(&mut random));
        }
        row.iter_mut().zip(&class.means).for_each(|(x, mean)| *x += mean);
        y.push(class.label.value(row.as_slice().unwrap_or(&[])));
    }
    Samples { x, y }
}

/// The same with N(0, `label_noise`²) added to every label, from a stream of its own.
pub fn noisy_block(data: &Mixture, label_noise: f64, seed: u64, purpose: Purpose, index: u64) -> Samples {
    let mut samples = block(data, seed, purpose, index);
    if label_noise > 0.0 {
        let of_labels = match purpose {
            Purpose::Evaluation => Purpose::EvaluationLabels,
            _ => Purpose::Labels,
        };
        let mut random = generator(seed, of_labels, index);
        samples.y.iter_mut().for_each(|y| *y += label_noise * normal(&mut random));
    }
    samples
}

/// Blocks of samples as one.
pub fn concatenated(mut parts: impl Iterator<Item = Samples>) -> Samples {
    let mut all = parts.next().unwrap_or(Samples { x: Array2::zeros((0, 0)), y: Vec::new() });
    for part in parts {
        all.x = concatenate![Axis(0), all.x, part.x];
        all.y.extend(part.y);
    }
    all
}

/// The classes with where each ends on [0, 1).
struct ClassEnds<'a> {
    data: &'a Mixture,
    ends: Vec<f64>,
}

/// So few classes are gone through one by one.
const FEW_CLASSES: usize = 16;

impl<'a> ClassEnds<'a> {
    fn new(data: &'a Mixture) -> Self {
        let ends = data.components.iter().scan(0.0, |end, class| {
            *end += class.weight;
            Some(*end)
        });
        Self { data, ends: ends.collect() }
    }

    /// A class drawn by its weight.
    fn draw(&self, random: &mut impl Rng) -> &'a Component {
        let classes = &self.data.components;
        let mut level: f64 = random.random();
        if classes.len() > FEW_CLASSES {
            return &classes[self.ends.partition_point(|end| *end <= level).min(classes.len() - 1)];
        }
        for class in classes {
            if level < class.weight {
                return class;
            }
            level -= class.weight;
        }
        &classes[classes.len() - 1]
    }
}

/// Weights at k = 0, shape (neuron, d).
pub fn initial_weights(initial: &Initial, neurons: usize, dimension: usize, seed: u64) -> Array2<f64> {
    let mut random = generator(seed, Purpose::InitialWeights, 0);
    if let Initial::Gaussian { scale } = initial {
        let deviation = scale / (dimension as f64).sqrt();
        return Array2::from_shape_simple_fn((neurons, dimension), || deviation * normal(&mut random));
    }
    let mut weights = Array2::from_shape_simple_fn((neurons, dimension), || normal(&mut random));
    let knows_directions = initial.knows_directions();
    for mut row in weights.rows_mut() {
        if knows_directions {
            place_among(initial, &mut row, &mut random);
        } else {
            set_length(initial, &mut row, &mut random);
        }
    }
    weights
}

/// Gives weights that are standard normals a length of a rotation-invariant start.
fn set_length(initial: &Initial, w: &mut ArrayViewMut1<f64>, random: &mut impl Rng) {
    let length = w.dot(w).sqrt();
    *w *= initial.radial_quantile(w.len(), random.random()) / length;
}

/// A neuron's weights, which are standard normals, where a start that knows directions has them.
fn place_among(initial: &Initial, w: &mut ArrayViewMut1<f64>, random: &mut impl Rng) {
    match initial {
        Initial::Mixture(parts) => {
            let mut level: f64 = random.random();
            let mut chosen = parts.iter();
            let drawn = chosen.find(|part| {
                level -= part.weight;
                level < 0.0
            });
            if let Some(part) = drawn.or(parts.last()) {
                place_among(&part.law, w, random);
            }
        }
        Initial::GaussianAbout { scale, mean } => {
            *w *= scale / (w.len() as f64).sqrt();
            w.iter_mut().zip(mean).for_each(|(w, mean)| *w += mean);
        }
        Initial::Overlap { radius, overlap } => {
            let directions = overlap.len().min(w.len());
            let (mut along, mut across) = w.view_mut().split_at(Axis(0), directions);
            along.iter_mut().zip(overlap).for_each(|(w, q)| *w = q * radius);
            let length = across.dot(&across).sqrt();
            across *= across_overlap(overlap) * radius / length;
        }
        Initial::Gaussian { scale } => *w *= scale / (w.len() as f64).sqrt(),
        Initial::Sphere { .. } | Initial::Shell { .. } => set_length(initial, w, random),
    }
}

/// Rows (a, b, w) at k = 0, shape (neuron, 2 + d): w as neurons without a and b have it from the same seed.
pub fn initial_affine(
    start: &AffineStart,
    initial: &Initial,
    neurons: usize,
    dimension: usize,
    seed: u64,
) -> Array2<f64> {
    let mut random = generator(seed, Purpose::InitialAffine, 0);
    let outer = Array2::from_shape_fn((neurons, 2), |(_, column)| {
        [&start.a, &start.b][column].quantile_of_normal(normal(&mut random))
    });
    concatenate![Axis(1), outer, initial_weights(initial, neurons, dimension, seed)]
}

/// Parameters at k = 0, shape (neuron, D): coordinates drawn from a recorded law, and a direction drawn for
/// what it knows the length of alone.
///
/// # Panics
/// Where it is a law of pairs.
pub fn drawn_from_law(
    law: &Measure,
    coordinates: Coordinates,
    shape: (usize, usize),
    seed: u64,
) -> Array2<f64> {
    let (points, weights) = recorded_start::atoms(law).expect("a law of all coordinates, as was checked");
    let ends: Vec<f64> = weights.iter().scan(0.0, |end, weight| summed(end, *weight)).collect();
    let total = ends.last().copied().unwrap_or(0.0);
    let mut random = generator(seed, Purpose::InitialWeights, 0);
    let mut rows = Array2::from_shape_simple_fn(shape, || normal(&mut random));
    for mut row in rows.rows_mut() {
        let level = total * random.random::<f64>();
        let atom = ends.partition_point(|end| *end <= level).min(ends.len().saturating_sub(1));
        let row = row.as_slice_mut().expect("rows lie in order");
        coordinates.place(&points.row(atom).to_vec(), row);
    }
    rows
}

/// The sum so far.
fn summed(sum: &mut f64, next: f64) -> Option<f64> {
    *sum += next;
    Some(*sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use meanfield_model::activation::{Activation, Polynomial};
    use meanfield_model::data::{BlockClasses, GaussianClasses};
    use meanfield_model::directed::DirectedClasses;
    use meanfield_model::initial::{Normal, NumberLaw};
    use meanfield_model::teacher::Teacher;

    #[test]
    fn each_class_has_its_share_and_its_scale() {
        let data = GaussianClasses::isotropic(8, 0.6).expect("valid").into();
        let mut count = [0.0_f64; 2];
        let mut squares = [0.0_f64; 2];
        for index in 0..400 {
            let samples = block(&data, 3, Purpose::Data, index);
            for (x, y) in samples.x.rows().into_iter().zip(&samples.y) {
                let class = usize::from(*y < 0.0);
                count[class] += 1.0;
                squares[class] += x.dot(&x) / 8.0;
            }
        }
        let total = count[0] + count[1];
        // Binomial standard error of a share: ½/√n; of a mean square: τ²√(2/(8n)). Five of them.
        assert!((count[0] / total - 0.5).abs() < 5.0 * 0.5 / f64::sqrt(total));
        for (class, variance) in [(0, 2.56_f64), (1, 0.16)] {
            let error = variance * f64::sqrt(2.0 / (8.0 * count[class]));
            assert!((squares[class] / count[class] - variance).abs() < 5.0 * error, "class {class}");
        }
    }

    #[test]
    fn targets_and_points_are_what_they_say() {
        let square = Polynomial::hermite(&[0.0, 0.0, 1.0]).expect("valid");
        let teacher = Teacher::single_index(Activation::Polynomial(square));
        let data = DirectedClasses::with_teacher(5, 1, teacher).into();
        let samples = block(&data, 3, Purpose::Data, 0);
        for (x, y) in samples.x.rows().into_iter().zip(&samples.y) {
            assert!((y - (x[0] * x[0] - 1.0) / 2f64.sqrt()).abs() < 1e-12);
        }
        let inputs: Vec<Vec<f64>> = (0..20).map(|i| vec![f64::from(i), 0.5]).collect();
        let labels: Vec<f64> = (0..20).map(|i| f64::from(i * i)).collect();
        let points = DirectedClasses::points(&inputs, &labels, &[0.05; 20]).into();
        let mut count = [0.0; 20];
        for index in 0..40 {
            let samples = block(&points, 3, Purpose::Data, index);
            for (x, y) in samples.x.rows().into_iter().zip(&samples.y) {
                assert_eq!((x[0] * x[0], x[1]), (*y, 0.5));
                count[x[0] as usize] += 1.0;
            }
        }
        // Binomial standard error √(0.05 · 0.95 · 10240) = 22; four of them.
        assert!(count.iter().all(|count| (count - 512.0_f64).abs() < 88.0), "{count:?}");
    }

    #[test]
    fn the_start_has_the_scale_asked_for() {
        let weights = initial_weights(&Initial::Gaussian { scale: 0.8 }, 4000, 40, 1);
        let mean_square = weights.iter().map(|w| w * w).sum::<f64>() / 4000.0;
        // Var |w|² = 2 κ⁴/d: standard error κ²√(2/(40·4000)); five of them.
        assert!((mean_square - 0.64).abs() < 5.0 * 0.64 * f64::sqrt(2.0 / 160_000.0), "{mean_square}");
    }

    #[test]
    fn spheres_and_shells_have_their_radii_and_no_direction() {
        let weights = initial_weights(&Initial::Shell { radii: [0.5, 1.5] }, 4000, 8, 1);
        let radii: Vec<f64> = weights.rows().into_iter().map(|w| w.dot(&w).sqrt()).collect();
        assert!(radii.iter().all(|r| (0.5..=1.5).contains(r)));
        // Uniform: mean 1, standard error 1/√(12 · 4000); five of them.
        let mean = radii.iter().sum::<f64>() / 4000.0;
        assert!((mean - 1.0).abs() < 5.0 / f64::sqrt(48_000.0), "{mean}");
        // E w_1 = 0, E w_1² = E r²/8 = 0.135.
        let first = weights.column(0).sum() / 4000.0;
        assert!(first.abs() < 5.0 * f64::sqrt(0.135 / 4000.0), "{first}");
        let sphere = initial_weights(&Initial::Sphere { radius: 0.9 }, 100, 8, 1);
        assert!(sphere.rows().into_iter().all(|w| (w.dot(&w) - 0.81).abs() < 1e-14));
    }

    #[test]
    fn neurons_of_a_recorded_law_have_its_coordinates_and_no_direction() {
        let points = ndarray::arr2(&[[0.5], [2.0]]);
        let law = Measure::Atoms { points, weights: ndarray::array![0.25, 0.75] };
        let rows = drawn_from_law(&law, Coordinates::Radius, (4000, 8), 1);
        let radii: Vec<f64> = rows.rows().into_iter().map(|w| w.dot(&w).sqrt()).collect();
        let near = |r: f64| radii.iter().filter(|radius| (*radius - r).abs() < 1e-14).count() as f64;
        assert_eq!(near(0.5) + near(2.0), 4000.0);
        // Binomial standard error √(0.25 · 0.75 · 4000) = 27; five of them.
        assert!((near(0.5) - 1000.0).abs() < 5.0 * 27.0, "{}", near(0.5));
        // E w_1 = 0, E w_1² = E r²/8 = 0.38.
        let first = rows.column(0).sum() / 4000.0;
        assert!(first.abs() < 5.0 * f64::sqrt(0.38 / 4000.0), "{first}");
    }

    #[test]
    fn each_block_of_coordinates_has_its_scale() {
        let data = BlockClasses::anisotropic(8, 3, 0.6).expect("valid").into();
        let mut count = [0.0_f64; 2];
        let mut squares = [[0.0_f64; 8]; 2];
        for index in 0..400 {
            let samples = block(&data, 3, Purpose::Data, index);
            for (x, y) in samples.x.rows().into_iter().zip(&samples.y) {
                let class = usize::from(*y < 0.0);
                count[class] += 1.0;
                squares[class].iter_mut().zip(x).for_each(|(square, x)| *square += x * x);
            }
        }
        for (class, relevant) in [2.56_f64, 0.16].into_iter().enumerate() {
            for (j, square) in squares[class].into_iter().enumerate() {
                let variance = if j < 3 { relevant } else { 1.0 };
                // Standard error of a mean square: τ²√(2/n); five of them.
                let error = variance * f64::sqrt(2.0 / count[class]);
                assert!((square / count[class] - variance).abs() < 5.0 * error, "class {class}, x_{j}");
            }
        }
    }

    #[test]
    fn blocks_of_one_scale_are_drawn_as_one_block_is() {
        let two = BlockClasses::anisotropic(8, 3, 0.0).expect("valid").into();
        let one = GaussianClasses::isotropic(8, 0.0).expect("valid").into();
        assert_eq!(block(&two, 3, Purpose::Data, 5), block(&one, 3, Purpose::Data, 5));
    }

    #[test]
    fn output_weights_and_offsets_have_their_laws_and_leave_the_weights_alone() {
        let initial = Initial::Gaussian { scale: 0.8 };
        let start = AffineStart { a: NumberLaw::point(1.0), b: Normal { mean: -0.5, deviation: 0.3 }.into() };
        let rows = initial_affine(&start, &initial, 40_000, 3, 1);
        assert!(rows.column(0).iter().all(|a| *a == 1.0));
        let b = rows.column(1);
        let mean = b.sum() / 40_000.0;
        let variance = b.mapv(|b| (b - mean).powi(2)).sum() / 40_000.0;
        // Five standard errors: τ/√n of the mean, τ²√(2/n) of the variance.
        assert!((mean + 0.5).abs() < 5.0 * 0.3 / 200.0, "{mean}");
        assert!((variance - 0.09).abs() < 5.0 * 0.09 * f64::sqrt(2.0 / 40_000.0), "{variance}");
        assert_eq!(rows.slice(s![.., 2..]), initial_weights(&initial, 40_000, 3, 1));
        let both = AffineStart { a: start.b.clone(), ..start };
        let rows = initial_affine(&both, &initial, 1000, 3, 1);
        let product = (&rows.column(0) + 0.5).dot(&(&rows.column(1) + 0.5)) / 1000.0;
        assert!(product.abs() < 5.0 * 0.09 / f64::sqrt(1000.0), "independent: {product}");
        let outer = rows.slice(s![.., ..2]);
        let weights = rows.slice(s![.., 2..]);
        let pairs = outer.iter().zip(&weights);
        let shared = pairs.map(|(x, w)| (x + 0.5) / 0.3 * w / (0.8 / 3f64.sqrt())).sum::<f64>() / 2000.0;
        assert!(shared.abs() < 5.0 / f64::sqrt(2000.0), "of a stream of their own: {shared}");
    }
}
