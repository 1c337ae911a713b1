//! `model.activation`: keys, their checks, and the activation that they mean. An activation with a name is a
//! variant and one arm of `ActivationKind::named`.

mod formula;

use meanfield_deep::activation::LayerActivation;
use meanfield_model::activation::{
    Activation, PiecewiseLinear, Placement, Polynomial, PolynomialError, Shape, Smooth,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::complaints::Complaints;
use crate::ranges::{LARGEST, SMALLEST_SCALE, is_scale};
use crate::typed::Step;

/// Most knots of an activation: what a check computes with each of them is done in a moment.
const MOST_KNOTS: usize = 1000;

/// Activations. Those with a name are a shape f in its place: σ(z) = height · f(gain · z +
/// offset) + constant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ActivationKind {
    /// Straight lines between knots, and outside with given slopes.
    PiecewiseLinear(PiecewiseLinearKeys),
    /// σ = height · max(0, u), u = gain · z + offset.
    Relu(PlacementKeys),
    /// σ = height · (u above 0, slope · u below), u = gain · z + offset.
    LeakyRelu(LeakyReluKeys),
    /// σ = height · (u cut at ±1), u = gain · z + offset.
    HardTanh(PlacementKeys),
    /// σ = height · tanh u, u = gain · z + offset.
    Tanh(PlacementKeys),
    /// σ = height · erf u, u = gain · z + offset.
    Erf(PlacementKeys),
    /// σ = height/(1 + e^−u), u = gain · z + offset.
    Sigmoid(PlacementKeys),
    /// σ = height · ln(1 + e^u), u = gain · z + offset.
    Softplus(PlacementKeys),
    /// σ = height · u Φ(u), u = gain · z + offset, Φ the normal distribution function.
    Gelu(PlacementKeys),
    /// σ = height · u/(1 + e^−u), u = gain · z + offset.
    Silu(PlacementKeys),
    /// σ = height · cos u, u = gain · z + offset.
    Cosine(PlacementKeys),
    /// σ = height · u, u = gain · z + offset; what the last of several layers usually has.
    Identity(PlacementKeys),
    /// σ = Σ c_k z^k, up to degree 8.
    Polynomial(CoefficientKeys),
    /// σ = Σ c_n h_n(z), h_n = He_n/√n! the orthonormal Hermite polynomials, up to degree 8.
    Hermite(CoefficientKeys),
    /// σ as a text in z, e.g. "tanh(z) + 0.1*z^2"; its derivative is computed beside it.
    Formula(String),
}

/// Keys of `polynomial` and `hermite`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CoefficientKeys {
    /// c_0, c_1, …: nine at most.
    pub coefficients: Vec<f64>,
}

/// Keys of `piecewise-linear`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PiecewiseLinearKeys {
    /// Pairs [t, σ(t)], t increasing; at least two, or one with `slopes`.
    pub knots: Vec<[f64; 2]>,
    /// Slopes left and right of all knots. Left out means constant there: the terms are absent.
    #[serde(default)]
    pub slopes: [f64; 2],
}

/// Where a shape stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlacementKeys {
    /// Factor of the output. The default, 1, leaves the shape as it is.
    #[serde(default = "unit_factor")]
    pub height: f64,
    /// Factor of the input, positive. The default, 1, leaves the shape as it is.
    #[serde(default = "unit_factor")]
    pub gain: f64,
    /// Added to the input. None by default: the term is absent. (With an odd σ, centred data drive nothing.)
    #[serde(default)]
    pub offset: f64,
    /// Added to the output. None by default: the term is absent.
    #[serde(default)]
    pub constant: f64,
}

/// Keys of `leaky-relu`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LeakyReluKeys {
    /// Slope below 0.
    pub slope: f64,
    /// Factor of the output. The default, 1, leaves the shape as it is.
    #[serde(default = "unit_factor")]
    pub height: f64,
    /// Factor of the input, positive. The default, 1, leaves the shape as it is.
    #[serde(default = "unit_factor")]
    pub gain: f64,
    /// Added to the input. None by default: the term is absent.
    #[serde(default)]
    pub offset: f64,
    /// Added to the output. None by default: the term is absent.
    #[serde(default)]
    pub constant: f64,
}

/// The default of factors.
fn unit_factor() -> f64 {
    1.0
}

/// The form of an activation, before its placement.
enum Form<'a> {
    /// Knots, which have no placement.
    Knots(&'a PiecewiseLinearKeys),
    /// Straight pieces of a given shape.
    Kinked(PiecewiseLinear),
    /// A kinked shape with a slope of its own.
    Sloped(f64),
    /// An analytic shape.
    Smooth(Shape),
    /// Coefficients of powers.
    Powers(&'a [f64]),
    /// Coefficients of orthonormal Hermite polynomials.
    Hermite(&'a [f64]),
    /// A text.
    Formula(&'a str),
}

/// An activation's name in the file, its form, and its placement.
struct Named<'a> {
    name: &'static str,
    form: Form<'a>,
    place: Placement,
}

impl PlacementKeys {
    fn named<'a>(&self, name: &'static str, form: Form<'a>) -> Named<'a> {
        let Self { height, gain, offset, constant } = *self;
        Named { name, form, place: Placement { height, gain, offset, constant } }
    }
}

impl<'a> Named<'a> {
    /// One that has no placement.
    fn unplaced(name: &'static str, form: Form<'a>) -> Self {
        Self { name, form, place: Placement::default() }
    }
}

impl LeakyReluKeys {
    fn named(&self) -> Named<'_> {
        let Self { slope, height, gain, offset, constant } = *self;
        let place = Placement { height, gain, offset, constant };
        Named { name: "leaky-relu", form: Form::Sloped(slope), place }
    }
}

/// The activation of a layer: the identity by its own arm, which costs nothing.
pub(crate) fn layer_activation(activation: Activation) -> LayerActivation {
    match activation == Activation::PiecewiseLinear(PiecewiseLinear::identity()) {
        true => LayerActivation::Identity,
        false => LayerActivation::Other(activation),
    }
}

impl ActivationKind {
    fn named(&self) -> Named<'_> {
        use Form::{Kinked, Knots, Smooth};
        match self {
            Self::PiecewiseLinear(keys) => Named::unplaced("piecewise-linear", Knots(keys)),
            Self::Polynomial(keys) => Named::unplaced("polynomial", Form::Powers(&keys.coefficients)),
            Self::Hermite(keys) => Named::unplaced("hermite", Form::Hermite(&keys.coefficients)),
            Self::Formula(text) => Named::unplaced("formula", Form::Formula(text)),
            Self::Relu(place) => place.named("relu", Kinked(PiecewiseLinear::relu())),
            Self::LeakyRelu(keys) => keys.named(),
            Self::HardTanh(place) => place.named("hard-tanh", Kinked(PiecewiseLinear::hard_tanh())),
            Self::Tanh(place) => place.named("tanh", Smooth(Shape::Tanh)),
            Self::Erf(place) => place.named("erf", Smooth(Shape::Erf)),
            Self::Sigmoid(place) => place.named("sigmoid", Smooth(Shape::Sigmoid)),
            Self::Softplus(place) => place.named("softplus", Smooth(Shape::Softplus)),
            Self::Gelu(place) => place.named("gelu", Smooth(Shape::Gelu)),
            Self::Silu(place) => place.named("silu", Smooth(Shape::Silu)),
            Self::Cosine(place) => place.named("cosine", Smooth(Shape::Cosine)),
            Self::Identity(place) => place.named("identity", Kinked(PiecewiseLinear::identity())),
        }
    }

    /// The activation of two-layer networks; everything that is wrong with it is noted. None where it cannot
    /// be made.
    pub(crate) fn parse(&self, complaints: &mut Complaints) -> Option<Activation> {
        self.parse_at(&["model".into(), "activation".into()], complaints)
    }

    /// The activation that is written at a path.
    pub(crate) fn parse_at(&self, path: &[Step], complaints: &mut Complaints) -> Option<Activation> {
        let named = self.named();
        let path: Vec<Step> = path.iter().cloned().chain([named.name.into()]).collect();
        let ((), numbers) = complaints.section(|complaints| named.check_form(&path, complaints));
        let ((), placed) = complaints.section(|complaints| named.check_place(&path, complaints));
        let activation = named.activation();
        if let (true, true, Err(error)) = (numbers, placed, &activation) {
            complaints.add(path, error.clone(), named.help());
        }
        activation.ok()
    }
}

impl Named<'_> {
    /// The activation. Errors where there is none, in words.
    fn activation(&self) -> Result<Activation, String> {
        match &self.form {
            Form::Smooth(shape) => Ok(Activation::Smooth(Smooth { shape: *shape, place: self.place })),
            Form::Knots(keys) => {
                let kinked = PiecewiseLinear::with_slopes(keys.knots.clone(), keys.slopes);
                self.placed(kinked.map_err(|error| error.to_string())?)
            }
            Form::Kinked(shape) => self.placed(shape.clone()),
            Form::Sloped(slope) => self.placed(PiecewiseLinear::leaky_relu(*slope)),
            Form::Powers(coefficients) => polynomial(Polynomial::new(coefficients)),
            Form::Hermite(coefficients) => polynomial(Polynomial::hermite(coefficients)),
            Form::Formula(text) => formula::activation(text).map(Activation::Interpolated),
        }
    }

    /// Straight pieces in their place.
    fn placed(&self, kinked: PiecewiseLinear) -> Result<Activation, String> {
        kinked.placed(&self.place).map(Activation::PiecewiseLinear).map_err(|error| error.to_string())
    }

    /// What to write where there is no activation.
    fn help(&self) -> &'static str {
        match self.form {
            Form::Powers(_) | Form::Hermite(_) => "write e.g. coefficients = [0.0, 1.0, 0.5]",
            Form::Formula(_) => {
                "write e.g. formula = \"tanh(z) + 0.1*z^2\"; docs/activations.md says what may be"
            }
            _ => "take an `offset` of the size of the shape",
        }
    }

    fn check_form(&self, path: &[Step], complaints: &mut Complaints) {
        match &self.form {
            Form::Knots(keys) => knots(keys, path, complaints),
            Form::Sloped(slope) => moderate(path, "slope", *slope, complaints),
            Form::Powers(all) | Form::Hermite(all) => {
                all.iter().for_each(|c| moderate(path, "coefficients", *c, complaints));
            }
            Form::Kinked(_) | Form::Smooth(_) | Form::Formula(_) => {}
        }
    }

    fn check_place(&self, path: &[Step], complaints: &mut Complaints) {
        let place = &self.place;
        moderate(path, "height", place.height, complaints);
        moderate(path, "offset", place.offset, complaints);
        moderate(path, "constant", place.constant, complaints);
        if !is_scale(place.gain) {
            let message = format!(
                "`gain` must lie between {SMALLEST_SCALE:e} and {LARGEST:e}; it is {:?}. (w and −w are \
                 equally likely: its sign would mean nothing)",
                place.gain
            );
            complaints.add(path_of(path, "gain"), message, "leave it out for 1");
        }
    }
}

/// An activation of powers. Errors where there is none, in words.
fn polynomial(read: Result<Polynomial, PolynomialError>) -> Result<Activation, String> {
    read.map(Activation::Polynomial).map_err(|error| error.to_string())
}

/// The path of a key of what is at a path.
fn path_of(path: &[Step], key: &str) -> Vec<Step> {
    path.iter().cloned().chain([key.into()]).collect()
}

/// A number of an activation that must not be absurdly large.
fn moderate(path: &[Step], key: &str, value: f64, complaints: &mut Complaints) {
    if value.is_nan() || value.abs() > LARGEST {
        let message = format!("`{key}` must lie between ±{LARGEST:e}; it is {value:?}");
        complaints.add(path_of(path, key), message, "write e.g. 1.0");
    }
}

fn knots(sigma: &PiecewiseLinearKeys, path: &[Step], complaints: &mut Complaints) {
    let own = path_of(path, "knots");
    let help = "pairs [t, σ(t)], t increasing; MMN 2018: knots = [[0.5, -2.5], [1.5, 7.5]]";
    let count = sigma.knots.len();
    if count > MOST_KNOTS {
        let message = format!("`knots` has {count} pairs, more than {MOST_KNOTS}");
        return complaints.add(own, message, "take fewer of them, or an activation with a name");
    }
    sigma.slopes.iter().for_each(|slope| moderate(path, "slopes", *slope, complaints));
    let outside = sigma.slopes.map(|slope| if slope.is_finite() { slope } else { 1.0 });
    if let Err(error) = PiecewiseLinear::with_slopes(sigma.knots.clone(), outside) {
        return complaints.add(own, error.to_string(), help);
    }
    if !are_moderate(&sigma.knots) {
        let message = format!("a number or a slope of `knots` is beyond {LARGEST:e}");
        complaints.add(own, message, help);
    }
}

/// Whether no number and no slope of knots is absurdly large.
fn are_moderate(knots: &[[f64; 2]]) -> bool {
    let slopes = knots.windows(2).map(|k| (k[1][1] - k[0][1]) / (k[1][0] - k[0][0]));
    knots.iter().flatten().copied().chain(slopes).all(|x| x.abs() <= LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::variants::{read, variants};

    /// Keys of which each kind takes one set.
    const KEYS: [&str; 5] = [
        "{}",
        "{ slope = 0.1 }",
        "{ knots = [[0.0, 0.0], [1.0, 2.0]] }",
        "{ coefficients = [0.0, 1.0, 0.5] }",
        "\"tanh(z) + 0.1*z^2\"",
    ];

    #[test]
    fn complaints_call_each_as_it_is_written() {
        let variants = variants::<ActivationKind>();
        for variant in &variants {
            let name = variant.as_str();
            assert_eq!(read::<ActivationKind>(name, &KEYS).named().name, name);
            let mut complaints = Complaints::default();
            assert!(
                read::<ActivationKind>(name, &KEYS).parse(&mut complaints).is_some() && complaints.is_empty(),
                "{name}"
            );
        }
    }

    /// The shape of a smooth activation.
    fn shape(name: &str) -> Option<Shape> {
        match read::<ActivationKind>(name, &KEYS).named().form {
            Form::Smooth(shape) => Some(shape),
            _ => None,
        }
    }

    #[test]
    fn every_shape_has_a_name() {
        let names = variants::<ActivationKind>();
        let shapes: Vec<Shape> = names.iter().filter_map(|name| shape(name)).collect();
        assert_eq!(shapes, Shape::ALL);
    }

    #[test]
    fn what_cannot_be_made_is_noted() {
        let texts = [
            "relu = { gain = -1.0 }",
            "piecewise-linear = { knots = [[1.0, 0.0], [1.0, 2.0]] }",
            "polynomial = { coefficients = [] }",
            "hermite = { coefficients = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }",
            "formula = \"tanh(q)\"",
        ];
        for text in texts {
            let kind: ActivationKind = toml::from_str(text).expect("its structure is right");
            let mut complaints = Complaints::default();
            kind.parse(&mut complaints);
            assert_eq!(complaints.count(), 1, "{text}");
        }
    }
}
