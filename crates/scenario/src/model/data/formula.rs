//! A target as a formula in the inputs x1, x2, …, as users type it. What may stand in it, and what it means,
//! is the library's; here are the names, the minus sign and the limits.
//!
//! The library binds a leading minus more tightly than a power, so that it reads −x² as (−x)². People mean
//! −(x²): a leading minus becomes a difference from 0, and one that follows an operator is refused.

use std::f64::consts::PI;

use exmex::{Express, FlatEx};

/// Longest formula, in bytes.
pub(crate) const LONGEST: usize = 2000;
/// The circle's number, as people type it; the library knows it as PI.
const CIRCLE: &str = "pi";
const OPERATORS: &str = "+-*/^";

/// A formula in the inputs of a point.
#[derive(Clone, Debug)]
pub struct Formula {
    expression: FlatEx<f64>,
    /// For each of its variables the number of the input; None is π.
    variables: Vec<Option<usize>>,
}

impl Formula {
    /// The formula of a text, over points of so many inputs.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn new(text: &str, dimension: usize) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("it has {} bytes, and {LONGEST} are read at most", text.len()));
        }
        let expression = FlatEx::<f64>::parse(&with_differences(text)?).map_err(|error| error.to_string())?;
        let names = expression.var_names().iter().map(|name| input_of(name, dimension));
        let variables = names.collect::<Result<_, _>>()?;
        Ok(Self { expression, variables })
    }

    /// Its value at a point.
    ///
    /// # Errors
    /// Where it is no number there.
    pub fn value(&self, inputs: &[f64]) -> Result<f64, String> {
        let values: Vec<f64> =
            self.variables.iter().map(|input| input.map_or(PI, |number| inputs[number])).collect();
        let value = self.expression.eval(&values).map_err(|error| error.to_string())?;
        match value.is_finite() {
            true => Ok(value),
            false => Err(format!("at the point {inputs:?} it is {value}")),
        }
    }
}

/// The number of the input that a variable stands for.
fn input_of(name: &str, dimension: usize) -> Result<Option<usize>, String> {
    if name == CIRCLE {
        return Ok(None);
    }
    let number = name.strip_prefix('x').and_then(|number| number.parse::<usize>().ok());
    match number.filter(|number| (1..=dimension).contains(number)) {
        Some(number) => Ok(Some(number - 1)),
        None => Err(format!(
            "it has `{}`, and what it may have is x1{} and pi",
            name.escape_debug(),
            if dimension > 1 { format!(" to x{dimension}") } else { String::new() }
        )),
    }
}

/// The text with every leading minus as a difference from 0, and every number without an exponent: the
/// library would read 1e-3 as a product with its constant e.
pub(crate) fn with_differences(text: &str) -> Result<String, String> {
    let mut written = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let is_in_name = before.is_some_and(|letter: char| letter.is_alphanumeric() || letter == '_');
        if letter.is_ascii_digit() && !is_in_name {
            let (number, after) = rest.split_at(length_of_number(rest));
            written += &in_digits(number)?;
            before = number.chars().last();
            rest = after;
            continue;
        }
        if letter == '-' {
            match before {
                None | Some('(' | ',') => written.push('0'),
                Some(operator) if OPERATORS.contains(operator) => {
                    return Err(format!("put brackets around the negative number after `{operator}`"));
                }
                Some(_) => {}
            }
        }
        written.push(letter);
        if !letter.is_whitespace() {
            before = Some(letter);
        }
        rest = &rest[letter.len_utf8()..];
    }
    Ok(written)
}

/// Bytes of the number that a text begins with: digits, a point, an exponent.
fn length_of_number(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let mantissa = digits(text);
    let Some(exponent) = text[mantissa..].strip_prefix(['e', 'E']) else { return mantissa };
    let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    match digits(unsigned) {
        0 => mantissa,
        count => text.len() - unsigned.len() + count,
    }
}

/// A number without an exponent.
fn in_digits(number: &str) -> Result<String, String> {
    match number.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value.to_string()),
        _ => Err(format!("`{number}` is no number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, inputs: &[f64]) -> Result<f64, String> {
        Formula::new(text, inputs.len())?.value(inputs)
    }

    #[test]
    fn formulas_mean_what_people_write() {
        let at = [0.5, -2.0];
        let cases = [
            ("sin(pi*x1)", 1.0),
            ("-x1^2", -0.25),
            ("3*(-x2)^3 + 1e-3", 24.001),
            ("x1 - x2", 2.5),
            ("max(x1, -x2)", 2.0),
            ("2^(-1)", 0.5),
            ("2.5e2 * x1 - e", 125.0 - std::f64::consts::E),
            ("signum(x2)*abs(x1)", -0.5),
        ];
        for (text, exact) in cases {
            assert!((value(text, &at).expect(text) - exact).abs() < 1e-12, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let cases = [
            ("x3", "it has `x3`, and what it may have is x1 to x2 and pi"),
            ("2*-x1", "put brackets around the negative number after `*`"),
            ("1/(x1 - 0.5)", "at the point [0.5, -2.0] it is inf"),
        ];
        for (text, wrong) in cases {
            assert_eq!(value(text, &[0.5, -2.0]).expect_err("refused"), wrong);
        }
        for text in ["", "1.2.3", "1e400", "((", "x1*", "sin", "x1 x2", "x1 > 0"] {
            assert!(value(text, &[0.5, -2.0]).is_err(), "{text}");
        }
    }
}
