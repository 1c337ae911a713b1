//! An activation as a formula in z, with the derivative computed beside the value (dual numbers). What may
//! stand in it is here; how formulas are written is that of targets.

use std::str::FromStr;
use std::sync::Arc;

use exmex::{BinOp, Express, FlatEx, MakeOperators, Operator};
use meanfield_model::activation::{Interpolated, ScalarFunction, Shape};

use crate::model::data::formula::{LONGEST, with_differences};

/// The variable.
const INPUT: &str = "z";
/// The circle's number.
const CIRCLE: &str = "pi";

/// A value and its derivative in z.
#[derive(Clone, Copy, Debug, Default)]
struct Dual {
    value: f64,
    slope: f64,
}

impl FromStr for Dual {
    type Err = std::num::ParseFloatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self { value: text.parse()?, slope: 0.0 })
    }
}

impl Dual {
    /// f of it, by value and slope of f.
    fn chain(self, (value, slope): (f64, f64)) -> Self {
        // Where a constant stands a slope that is infinite means nothing.
        let slope = if self.slope == 0.0 { 0.0 } else { slope * self.slope };
        Self { value, slope }
    }
}

fn sum(a: Dual, b: Dual) -> Dual {
    Dual { value: a.value + b.value, slope: a.slope + b.slope }
}

fn difference(a: Dual, b: Dual) -> Dual {
    Dual { value: a.value - b.value, slope: a.slope - b.slope }
}

fn product(a: Dual, b: Dual) -> Dual {
    Dual { value: a.value * b.value, slope: a.slope * b.value + a.value * b.slope }
}

fn quotient(a: Dual, b: Dual) -> Dual {
    let value = a.value / b.value;
    Dual { value, slope: (a.slope - value * b.slope) / b.value }
}

/// a^b: by powers where b is a number, else e^{b ln a}.
fn power(a: Dual, b: Dual) -> Dual {
    if b.slope == 0.0 {
        return a.chain((a.value.powf(b.value), b.value * a.value.powf(b.value - 1.0)));
    }
    let value = a.value.powf(b.value);
    let rate = b.slope * a.value.ln() + b.value * a.slope / a.value;
    Dual { value, slope: value * rate }
}

/// At a tie the one that is larger to the right.
fn maximum(a: Dual, b: Dual) -> Dual {
    if a.value > b.value || a.value == b.value && a.slope >= b.slope { a } else { b }
}

fn minimum(a: Dual, b: Dual) -> Dual {
    if a.value < b.value || a.value == b.value && a.slope <= b.slope { a } else { b }
}

/// |u|; at 0 the slope to the right.
fn absolute(u: Dual) -> Dual {
    let is_negative = u.value < 0.0 || u.value == 0.0 && u.slope < 0.0;
    if is_negative { Dual { value: -u.value, slope: -u.slope } } else { u }
}

fn sine(u: Dual) -> Dual {
    u.chain(u.value.sin_cos())
}

fn cosine(u: Dual) -> Dual {
    u.chain((u.value.cos(), -u.value.sin()))
}

fn tangent(u: Dual) -> Dual {
    u.chain((u.value.tan(), u.value.cos().powi(-2)))
}

fn exponential(u: Dual) -> Dual {
    u.chain((u.value.exp(), u.value.exp()))
}

fn logarithm(u: Dual) -> Dual {
    u.chain((u.value.ln(), u.value.recip()))
}

fn root(u: Dual) -> Dual {
    let root = u.value.sqrt();
    u.chain((root, 0.5 / root))
}

fn hyperbolic_tangent(u: Dual) -> Dual {
    u.chain(Shape::Tanh.value_and_slope(u.value))
}

fn hyperbolic_sine(u: Dual) -> Dual {
    u.chain((u.value.sinh(), u.value.cosh()))
}

fn hyperbolic_cosine(u: Dual) -> Dual {
    u.chain((u.value.cosh(), u.value.sinh()))
}

fn arc_tangent(u: Dual) -> Dual {
    u.chain((u.value.atan(), (1.0 + u.value * u.value).recip()))
}

fn error_function(u: Dual) -> Dual {
    u.chain(Shape::Erf.value_and_slope(u.value))
}

fn sigmoid(u: Dual) -> Dual {
    u.chain(Shape::Sigmoid.value_and_slope(u.value))
}

fn softplus(u: Dual) -> Dual {
    u.chain(Shape::Softplus.value_and_slope(u.value))
}

fn rectified(u: Dual) -> Dual {
    maximum(u, Dual::default())
}

fn sign(u: Dual) -> Dual {
    Dual { value: u.value.signum(), slope: 0.0 }
}

/// What may stand in a formula.
#[derive(Clone, Debug)]
struct DualOperators;

impl MakeOperators<Dual> for DualOperators {
    fn make<'a>() -> Vec<Operator<'a, Dual>> {
        let binary = [
            ("^", 4, false, power as fn(Dual, Dual) -> Dual),
            ("*", 2, true, product),
            ("/", 3, false, quotient),
            ("+", 0, true, sum),
            ("-", 1, false, difference),
            ("max", 0, true, maximum),
            ("min", 0, true, minimum),
        ];
        let operators = binary.into_iter().map(|(name, prio, is_commutative, apply)| {
            Operator::make_bin(name, BinOp { apply, prio, is_commutative })
        });
        operators.chain(FUNCTIONS.map(|(name, apply)| Operator::make_unary(name, apply))).collect()
    }
}

/// A function of one number and its slope.
type DualFunction = fn(Dual) -> Dual;

/// Functions of one number.
const FUNCTIONS: [(&str, DualFunction); 17] = [
    ("abs", absolute),
    ("signum", sign),
    ("sin", sine),
    ("cos", cosine),
    ("tan", tangent),
    ("exp", exponential),
    ("ln", logarithm),
    ("log", logarithm),
    ("sqrt", root),
    ("tanh", hyperbolic_tangent),
    ("sinh", hyperbolic_sine),
    ("cosh", hyperbolic_cosine),
    ("atan", arc_tangent),
    ("erf", error_function),
    ("sigmoid", sigmoid),
    ("softplus", softplus),
    ("relu", rectified),
];

/// A formula in z.
#[derive(Debug)]
struct ParsedFormula {
    text: String,
    expression: FlatEx<Dual, DualOperators>,
    /// For each variable whether it is z; else it is π.
    is_input: Vec<bool>,
}

impl ScalarFunction for ParsedFormula {
    fn text(&self) -> &str {
        &self.text
    }

    fn value_and_slope(&self, z: f64) -> (f64, f64) {
        let input = Dual { value: z, slope: 1.0 };
        let circle = Dual { value: std::f64::consts::PI, slope: 0.0 };
        let values: Vec<Dual> =
            self.is_input.iter().map(|is_input| if *is_input { input } else { circle }).collect();
        let Dual { value, slope } =
            self.expression.eval(&values).unwrap_or(Dual { value: f64::NAN, slope: f64::NAN });
        (value, slope)
    }
}

/// What the library says of a text; of missing operands it speaks in terms of its own.
fn in_words(error: &exmex::ExError) -> String {
    let said = error.to_string();
    match said.contains("more node than op") {
        true => "an operator or a function lacks a value: max and min take two, as in max(z, 0)".to_owned(),
        false => said,
    }
}

/// The activation of a text.
///
/// # Errors
/// What is wrong with it, in words.
pub fn activation(text: &str) -> Result<Interpolated, String> {
    if text.len() > LONGEST {
        return Err(format!("it has {} bytes, and {LONGEST} are read at most", text.len()));
    }
    let written = with_differences(text)?;
    let expression = FlatEx::<Dual, DualOperators>::parse(&written).map_err(|error| in_words(&error))?;
    let names = expression.var_names();
    if let Some(odd) = names.iter().find(|name| *name != INPUT && *name != CIRCLE) {
        let functions: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
        return Err(format!(
            "it has `{}`, and what it may have is z, pi, + - * / ^, max, min, {}",
            odd.escape_debug(),
            functions.join(", ")
        ));
    }
    let is_input = names.iter().map(|name| name == INPUT).collect();
    let formula = ParsedFormula { text: text.to_owned(), expression, is_input };
    Interpolated::new(Arc::new(formula)).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_those_of_differences() {
        let texts = [
            "tanh(z) + 0.1*z",
            "z^3/(1 + z^2) - 2",
            "sigmoid(2*z)*z + erf(z - 1)",
            "softplus(z) - max(z, 0.3) + min(2, abs(z + 1))",
            "sqrt(1 + z^2)*cos(z/3)",
            "atan(z) + exp(-z^2) - 1e-3*z",
            "(2 + tanh(z))^(tanh(z) + 1) + pi*ln(4 + z^2) + relu(z)",
        ];
        for text in texts {
            let sigma = activation(text).expect(text);
            for z in [-6.03, -1.7, -0.21, 0.0123, 0.77, 4.9] {
                let h = 1e-5;
                let rise = (sigma.value(z + h) - sigma.value(z - h)) / (2.0 * h);
                // Truncation h²/6 times the third derivative, rounding 1e-13/h.
                assert!((rise - sigma.slope(z)).abs() < 1e-7, "{text} at {z}: {rise} {}", sigma.slope(z));
            }
        }
    }

    #[test]
    fn values_are_what_people_mean() {
        let cases = [("-z^2", 2.0, -4.0), ("2*max(z, -z)", -3.0, 6.0), ("sin(pi*z/2)", 1.0, 1.0)];
        for (text, z, exact) in cases {
            assert!((activation(text).expect(text).value(z) - exact).abs() < 1e-12, "{text}");
        }
    }

    #[test]
    fn tails_that_fall_off_as_exponentials_are_straight_lines() {
        // Their slopes are no numbers far out, where exponentials overflow.
        for (text, far) in
            [("z/(1 + exp(-1.702*z))", 50.0), ("1/(1 + exp(-z))", 1.0), ("z*exp(-z)/(1 + exp(-z))^2", 0.0)]
        {
            let sigma = activation(text).expect(text);
            for (z, exact) in [(-50.0, 0.0), (50.0, far)] {
                assert!((sigma.value(z) - exact).abs() < 1e-12, "{text} at {z}: {}", sigma.value(z));
            }
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let cases = [
            ("tanh(x)", "it has `x`, and what it may have is z, pi"),
            ("exp(z)", "it grows faster than"),
            ("signum(z - 0.5)", "it jumps at z = 0."),
            ("1/z", "at z = 0.0 it, or its slope, is no number"),
            ("ln(z)", "no number"),
            ("max(z)", "max and min take two"),
        ];
        for (text, wrong) in cases {
            let message = activation(text).expect_err(text);
            assert!(message.contains(wrong), "{text}: {message}");
        }
        for text in ["", "z +", "tanh", "z z", "2*-z"] {
            assert!(activation(text).is_err(), "{text}");
        }
    }
}
