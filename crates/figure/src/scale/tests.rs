//! Tests of scales: their ticks, the power of ten that leaves the labels, and ranges without extent.

use super::*;

fn labels(scale: Scale) -> Vec<String> {
    scale.ticks().0.into_iter().filter_map(|tick| tick.label).collect()
}

fn scale(kind: Kind, values: &[f64]) -> Scale {
    Scale::covering(kind, values.iter().copied(), 0.0)
}

#[test]
fn linear_labels_are_round() {
    assert_eq!(labels(Scale::linear(0.0, 1.0)), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    assert_eq!(
        labels(Scale::linear(-0.05, 0.1)),
        ["−0.050", "−0.025", "0", "0.025", "0.050", "0.075", "0.100"]
    );
    assert_eq!(labels(Scale::linear(0.0, 32.0)), ["0", "5", "10", "15", "20", "25", "30"]);
}

#[test]
fn very_small_and_large_numbers_give_their_power_to_the_axis() {
    let ticks = Scale::linear(0.0, 3e-5).ticks();
    assert_eq!((ticks.1, ticks.0[1].label.as_deref()), (-5, Some("0.5")));
    assert_eq!(Scale::linear(0.0, 4e6).ticks().1, 6);
}

#[test]
fn logarithmic_labels_are_powers_of_ten() {
    assert_eq!(labels(scale(Kind::Logarithmic, &[1e-3, 10.0])), ["10⁻³", "10⁻²", "10⁻¹", "1", "10"]);
    let minor = scale(Kind::Logarithmic, &[1.0, 100.0]).ticks().0;
    assert_eq!(minor.len(), 19);
    assert_eq!(labels(scale(Kind::Logarithmic, &[2.0, 11.0])), ["2", "3", "5", "7", "10"]);
    assert_eq!(labels(scale(Kind::Logarithmic, &[0.1, 3.0])), ["0.1", "0.2", "0.5", "1", "2"]);
    assert!(labels(scale(Kind::Logarithmic, &[1e-20, 1.0])).len() < 8);
    assert!(labels(scale(Kind::Logarithmic, &[1.0, 1.5])).len() > 2);
}

#[test]
fn values_without_a_place_have_none() {
    let log = scale(Kind::Logarithmic, &[0.0, -1.0, f64::NAN, 1.0, 100.0]);
    assert_eq!((log.place(10.0), log.place(0.0), log.place(-3.0)), (Some(0.5), None, None));
    assert_eq!((log.place(f64::NAN), log.place(f64::INFINITY)), (None, None));
    let [from, until] = log.ends();
    assert!((from - 1.0).abs() < 1e-12 && (until - 100.0).abs() < 1e-9);
}

#[test]
fn zero_has_a_place_before_the_break() {
    let log = scale(Kind::Logarithmic, &[1e-3, 10.0]).with_zero();
    let places = [0.0, 1e-3, 10.0].map(|value| log.place(value).expect("on the axis"));
    let gap = log.break_at().expect("broken");
    assert!(0.0 < places[0] && places[0] < gap && gap < places[1] && (places[2] - 1.0).abs() < 1e-12);
    assert_eq!(labels(log)[..3], ["0", "10⁻³", "10⁻²"]);
    assert_eq!(log.place(-1.0), None);
    let linear = Scale::linear(0.0, 1.0);
    assert_eq!((linear.with_zero(), linear.break_at()), (linear, None));
}

/// Labels of the axis of a varied key.
fn named(kind: Kind, keys: &[f64]) -> Vec<String> {
    let ticks = Scale::covering(kind, keys.iter().copied(), 0.06).ticks_of_key(keys).0;
    ticks.into_iter().filter_map(|tick| tick.label).collect()
}

#[test]
fn a_key_of_few_values_has_ticks_at_them() {
    assert_eq!(named(Kind::Logarithmic, &[400.0, 50.0, 100.0, 50.0]), ["50", "100", "400"]);
    assert_eq!(named(Kind::Logarithmic, &[1e-5, 3e-4]), ["1×10⁻⁵", "3×10⁻⁴"]);
    assert_eq!(named(Kind::Linear, &[0.0, 0.9, 1.0]), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    let many: Vec<f64> = (0..9).map(|k| 11.0 * 2_f64.powi(k)).collect();
    assert_eq!(named(Kind::Logarithmic, &many), ["10", "10²", "10³"]);
}

#[test]
fn degenerate_ranges_still_have_room() {
    for kind in [Kind::Linear, Kind::Logarithmic] {
        for values in
            [vec![], vec![0.0], vec![3.0, 3.0], vec![f64::NAN], vec![1e-300, 1e299], vec![-1e308, 1e308]]
        {
            let scale = scale(kind, &values);
            let [from, until] = scale.ends();
            assert!(until > from, "{kind:?} {values:?} {from} {until}");
            assert!(scale.ticks().0.len() < 200, "{kind:?} {values:?}");
        }
    }
}

#[test]
fn numbers_along_an_axis_may_count_another_unit() {
    for kind in [Kind::Linear, Kind::Logarithmic] {
        let steps = scale(kind, &[1e3, 1e7]);
        let times = scale(kind, &[0.1, 1e3]).counting(1e-4);
        assert_eq!(labels(steps), labels(times));
        for (tick, step) in times.ticks().0.iter().zip(steps.ticks().0) {
            let places =
                [times.place(tick.value), steps.place(step.value)].map(|place| place.expect("on the axis"));
            assert!((places[0] - places[1]).abs() < 1e-12, "{tick:?} {step:?}");
        }
        assert!((times.ends()[0] - 0.1).abs() < 1e-12);
    }
}

#[test]
fn times_are_written_short() {
    let written = [0.1, 1.0, 10.0, 0.00215, 1e-5, 0.0, 123_456.0].map(short_number);
    assert_eq!([f64::INFINITY, f64::NAN, -0.5].map(short_number), ["∞", "undefined", "−0.5"]);
    assert_eq!(written, ["0.1", "1", "10", "0.00215", "1×10⁻⁵", "0", "1.23×10⁵"]);
}
