//! The figure of the power laws: a panel for each law that was fitted, none for the others.

use meanfield_compare::comparison::Comparison;
use meanfield_compare::power_law::{Estimate, MeasuredPart, PowerLaw};
use meanfield_run::claim::PowerLawClaim;

use crate::made_up::*;

fn estimate(value: f64, standard_error: f64) -> Estimate {
    Estimate { value, standard_error, interval: [value - 2.0 * standard_error, value + 2.0 * standard_error] }
}

/// A law over these values of a key, of which the last measured part is what noise left.
fn law(quantity: &str, axis: &str, exponent: f64, prefactor: f64, keys: [f64; 4]) -> PowerLaw {
    let claim = PowerLawClaim {
        system: "sgd".into(),
        quantity: quantity.into(),
        over: format!("systems.sgd.finite-network.{axis}"),
        exponent,
        within: 0.1,
        time: Some(0.5),
        alone: false,
    };
    let fitted = exponent + 0.02;
    let part = |key: f64| {
        let value = prefactor * key.powf(fitted);
        MeasuredPart { key, value: 1.04 * value, standard_error: 0.08 * value.abs() }
    };
    PowerLaw {
        axis: axis.into(),
        seeds: 64,
        exponent: estimate(fitted, 0.0412),
        prefactor: estimate(prefactor, 0.3),
        prefactor_as_claimed: estimate(prefactor, 0.1),
        points: keys.map(part).to_vec(),
        missing: None,
        holds: true,
        ..PowerLaw::not_judged(&claim, String::new())
    }
}

#[test]
fn laws_have_a_panel_each_with_their_slopes() {
    let (records, comparison) = usual(2);
    let sizes = [50.0, 100.0, 200.0, 400.0];
    let steps = [1e-5, 3e-5, 1e-4, 3e-4];
    let predicted = PowerLaw {
        predicted_prefactor: Some(5.4),
        predicted_exponent: Some(-1.0),
        ..law("risk_bias", "neurons", -1.0, 5.2, sizes)
    };
    let negative = PowerLaw { holds: false, ..law("risk_bias", "step_size", 1.0, -105.0, steps) };
    let mut lost = law("wasserstein_2_radius", "neurons", -0.5, 0.7, sizes);
    lost.points[3].value = -0.01;
    lost.points[2].standard_error = 1.0;
    let missing = PowerLaw::not_judged(&lost.claim, "there is no record of sgd".into());
    let power_laws = vec![predicted, negative, lost, missing];
    let comparison = Comparison { power_laws, ..comparison };
    let (_folder, files) = draw(&records, Some(&comparison));
    let svg = files.iter().find(|file| file.ends_with("laws.svg")).expect("drawn");
    keep(&files, "laws");
    let words = words(svg);
    let count = |text: &str| words.iter().filter(|word| word.contains(text)).count();
    assert_eq!(
        [count("64 seeds"), count("fit: slope"), count("predicted"), count("−(risk bias)")],
        [3, 3, 1, 1]
    );
    assert!(
        count("fit: slope −0.980 ± 0.041") == 1 && count("claimed: slope 1 does not hold") == 1,
        "{words:?}"
    );
    // The values of the keys are named, of two laws over neurons and of one over steps.
    let named = |label: &str| words.iter().filter(|word| *word == label).count();
    assert_eq!(["50", "100", "200", "400", "3×10⁻⁵"].map(named), [2, 2, 2, 2, 1], "{words:?}");
    let none = Comparison { power_laws: comparison.power_laws[3..].to_vec(), ..comparison };
    assert!(names(&draw(&records, Some(&none)).1).iter().all(|name| !name.starts_with("laws")));
}
