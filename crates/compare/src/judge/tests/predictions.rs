//! What a limit predicts of networks, beside what they did.

use super::*;

#[test]
fn the_bias_is_that_of_the_reference_over_the_neurons() {
    let mut pde = reference();
    pde.curves.push(curve("bias_per_neuron", &[3], &[5.0, 10.0, 20.0]));
    pde.curves.push(curve("bias_per_step", &[3], &[0.0, 0.0, 0.0]));
    let comparison = compare(&[pde.clone(), ensemble()], "pde", &[]).expect("comparable");
    assert_eq!(series(&only(&comparison).gaps, "risk_bias"), [0.1, 0.3]);
    // gaps of 1 and 1.5 less 0.1 and 0.3: what is left of the excess when the bias is taken away
    let beyond = compare(&[pde.clone(), ensemble()], "pde", &[claim(RISK_BEYOND_BIAS.name, 0.0, 2.0, 1.3)]);
    let verdict = only(&beyond.expect("comparable")).verdicts[0].clone();
    assert!(
        (verdict.worst.worst - 1.2).abs() < 1e-15 && verdict.worst.at == 2.0 && verdict.holds,
        "{verdict:?}"
    );
    let mut single = record("atoms", &[1.0], &[8.0], &[]);
    single.curves.push(curve("bias_per_neuron", &[1], &[1.0]));
    let comparison = compare(&[pde, single], "pde", &[]).expect("comparable");
    assert_eq!(only(&comparison).gaps.iter().map(|s| &s.name).collect::<Vec<_>>(), ["risk_gap"]);
}

/// A reference that knows first order alone.
fn of_first_order() -> Record {
    let mut limit = reference();
    for (name, value) in [("bias_per_neuron", 5.0), ("bias_per_step", 0.0)] {
        limit.curves.push(curve(name, &[3], &[value; 3]));
    }
    for (name, value) in [("variance_per_neuron", 200.0), ("variance_per_step", 0.0)] {
        limit.curves.push(curve(name, &[3], &[value; 3]));
    }
    limit
}

#[test]
fn without_a_second_chaos_the_spread_is_of_first_order() {
    let comparison = compare(&[of_first_order(), ensemble()], "pde", &[]).expect("comparable");
    assert_eq!(series(&only(&comparison).gaps, "predicted_spread"), [2.0, 2.0]);
}

#[test]
fn an_estimated_risk_spreads_by_its_own_error_too() {
    let estimated = |shift: f64| {
        let mut sgd = ensemble();
        let mut estimate = sgd.curve("risk").expect("a risk").clone();
        let mut error = estimate.clone();
        estimate.name = "risk_monte_carlo".to_owned();
        estimate.values += shift;
        error.name = "risk_monte_carlo_error".to_owned();
        let times = error.values.shape()[1];
        error.values.iter_mut().enumerate().for_each(|(i, error)| {
            *error = if i < times { 1.5 } else { 2.5 };
        });
        sgd.curves.extend([estimate, error]);
        let comparison = compare(&[of_first_order(), sgd], "pde", &[]).expect("comparable");
        series(&only(&comparison).gaps, "predicted_spread").to_vec()
    };
    // 4, and the mean of 1.5² and 2.5².
    assert_eq!(estimated(0.0), [8.25_f64.sqrt(); 2]);
    // Beside an exact risk an estimate is a check, and says nothing of its spread.
    assert_eq!(estimated(0.25), [2.0, 2.0]);
}

#[test]
fn nothing_is_predicted_of_batches_and_unequal_layers() {
    for fact in [Fact::new("batch", 8.0), Fact::new("widest", 90.0)] {
        let mut other = ensemble();
        other.facts.push(fact);
        let comparison = compare(&[of_first_order(), other], "pde", &[]).expect("comparable");
        let names: Vec<&str> = only(&comparison).gaps.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["risk_gap", "risk_standard_error"]);
    }
}

#[test]
fn the_bias_at_a_point_is_that_of_its_neurons() {
    let mut pde = reference();
    pde.curves.push(curve("bias_per_neuron", &[3], &[5.0, 10.0, 20.0]));
    pde.curves.push(curve("bias_per_step", &[3], &[0.0, 0.0, 0.0]));
    let sgd = varied(&ensemble(), &[1.0, 2.0], |record: &mut Record, scale: f64| {
        record.facts[0].values = vec![50.0 * scale]
    });
    let comparison = compare(&[pde, sgd], "pde", &[]).expect("comparable");
    assert_eq!(series(&only(&comparison).gaps, "risk_bias"), [0.1, 0.3, 0.05, 0.15]);
}

#[test]
fn a_prediction_that_ends_before_the_span_is_said_to_end() {
    let mut limit = of_first_order();
    for name in ["bias_per_neuron", "variance_per_neuron"] {
        let curve = limit.curves.iter_mut().find(|curve| curve.name == name).expect("there");
        curve.values[[2]] = f64::NAN;
    }
    let claims = [claim("predicted_band", 0.0, 2.0, 1e3)];
    let comparison = compare(&[limit, ensemble()], "pde", &claims).expect("comparable");
    let verdict = &only(&comparison).verdicts[0];
    assert!(!verdict.holds && verdict.worst.worst.is_finite(), "{verdict:?}");
    let words = verdict.in_words();
    assert!(words.contains("DOES NOT HOLD, nothing is predicted from t = 2 on; worst "), "{words}");
}
