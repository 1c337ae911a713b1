//! What coordinates and curves are called on the page.

/// The letter of a coordinate.
pub fn symbol(coordinate: &str) -> String {
    match coordinate {
        "radius" => "r".to_owned(),
        "radius_1" => "r₁".to_owned(),
        "radius_2" => "r₂".to_owned(),
        other => other.replace('_', " "),
    }
}

/// A coordinate on an axis that has room for words.
pub fn axis_name(coordinate: &str) -> String {
    match coordinate {
        "radius" => "radius r = |w|".to_owned(),
        "radius_1" => "radius r₁ = |w₁|".to_owned(),
        "radius_2" => "radius r₂ = |w₂|".to_owned(),
        "a" => "output weight a".to_owned(),
        "b" => "offset b".to_owned(),
        other => other.replace('_', " "),
    }
}

/// A curve by itself.
pub fn curve_name(curve: &str) -> String {
    let words = curve.replace('_', " ");
    if curve.ends_with("radius") { format!("{words} |w|") } else { words }
}

/// A curve among others, as short as can be: ⟨a⟩ is the mean of a.
pub fn curve_symbol(curve: &str) -> String {
    match (curve.strip_prefix("mean_"), curve.strip_prefix("std_")) {
        (Some(coordinate), _) => format!("⟨{}⟩", symbol(coordinate)),
        (_, Some(coordinate)) => format!("std {}", symbol(coordinate)),
        _ => curve_name(curve),
    }
}
