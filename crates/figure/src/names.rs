//! Names of coordinates, curves and keys on the page. It does not measure or place them.

use meanfield_model::coordinates::{self, Coordinate};
use meanfield_run::facts;
use meanfield_run::quantities::{self, MEAN, STANDARD_DEVIATION};
use meanfield_run::record::Place;

use super::scale::{short_number, true_minus};

/// The symbol of a coordinate.
pub fn symbol(coordinate: &str) -> String {
    coordinates::known(coordinate).map_or_else(|| words(coordinate), |known| known.symbol.to_owned())
}

/// A coordinate's name along an axis, in words.
pub fn axis_name(coordinate: &str) -> String {
    coordinates::known(coordinate).map_or_else(|| words(coordinate), |known| known.words.to_owned())
}

/// Whether a coordinate has a lower end.
pub fn has_lower_end(coordinate: &str) -> bool {
    coordinates::known(coordinate).is_some_and(|known| known.lower_end.is_some())
}

/// The name of a curve that is shown alone: "mean output weight a".
pub fn curve_name(curve: &str) -> String {
    let quantity = quantities::known(curve);
    let coordinate = quantity.and_then(|quantity| quantity.coordinate_of(curve)).and_then(coordinates::known);
    let Some(coordinate) = coordinate else { return words(curve) };
    let statistic = curve.strip_suffix(coordinate.name).unwrap_or_default();
    let named = coordinate.words.split(" = ").next().unwrap_or(coordinate.words);
    let own = if coordinate.formula.is_empty() { named.to_owned() } else { formula_of(coordinate) };
    format!("{}{own}", words(statistic))
}

/// A coordinate by its name and its formula: "radius |w|".
fn formula_of(coordinate: &Coordinate) -> String {
    format!("{} {}", words(coordinate.name), coordinate.formula)
}

/// The short name of a curve among others: ⟨a⟩ is the mean of a.
pub fn curve_symbol(curve: &str) -> String {
    match (MEAN.coordinate_of(curve), STANDARD_DEVIATION.coordinate_of(curve)) {
        (Some(coordinate), _) => format!("⟨{}⟩", symbol(coordinate)),
        (_, Some(coordinate)) => format!("{} {}", STANDARD_DEVIATION.symbol, symbol(coordinate)),
        _ => curve_name(curve),
    }
}

/// A name of a record as words.
fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// A varied key's name along an axis: "step size ε".
pub fn key_name(key: &str) -> String {
    let symbol = facts::known(key).map_or_else(|| key_symbol(key), |fact| fact.symbol);
    format!("{} {symbol}", words(key)).trim_end().to_owned()
}

/// A point of varied keys by their symbols: "Δ = 0.4, ε = 10⁻³"; keys without a symbol have their names.
pub fn point(places: &[Place]) -> String {
    let place = |place: &Place| format!("{} = {}", key_letter(&place.axis), value(place.value));
    places.iter().map(place).collect::<Vec<String>>().join(", ")
}

/// A varied key's symbol, or its name in words.
pub fn key_letter(key: &str) -> String {
    let symbol = facts::known(key).map_or_else(|| key_symbol(key), |fact| fact.symbol);
    if symbol.is_empty() { words(key) } else { symbol.to_owned() }
}

/// A value of a varied key: three digits, or as many as it has where they are few.
fn value(value: f64) -> String {
    let plain = value.to_string();
    let has_few_digits = plain.len() <= MOST_LETTERS && plain.parse::<f64>().is_ok_and(|v| v.abs() >= 0.001);
    if has_few_digits { true_minus(&plain) } else { short_number(value) }
}

/// Letters of a number that is written in full.
const MOST_LETTERS: usize = 6;

/// The symbol of a key that is no fact of a system.
fn key_symbol(key: &str) -> &'static str {
    match key {
        "temperature" => "1/β",
        "ridge" => "λ",
        "separation" => "Δ",
        "scale" => "κ",
        "dimension" => "d",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_letters() {
        let words = ["temperature", "step_size", "gaussian_scale"].map(key_name);
        assert_eq!(words, ["temperature 1/β", "step size ε", "gaussian scale"]);
    }

    #[test]
    fn points_are_said_by_symbols() {
        let place = |axis: &str, value: f64| Place { axis: axis.into(), key: None, value };
        let places = [
            place("separation", 0.1),
            place("step_size", 8e-4),
            place("neurons", 1234.0),
            place("temperature", 0.001_974_35),
            place("gaussian_scale", -0.5),
        ];
        assert_eq!(point(&places), "Δ = 0.1, ε = 8×10⁻⁴, N = 1234, 1/β = 0.00197, gaussian scale = −0.5");
    }

    #[test]
    fn a_statistic_is_named_by_its_coordinate() {
        let curves = ["mean_radius", "mean_radius_1", "std_a", "free_energy"];
        assert_eq!(curves.map(curve_symbol), ["⟨r⟩", "⟨r₁⟩", "std a", "free energy"]);
        let names = ["mean radius |w|", "mean radius r₁", "std output weight a", "free energy"];
        assert_eq!(curves.map(curve_name), names);
    }
}
