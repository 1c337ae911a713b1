//! Tests of reductions: which series a problem gets, and how far its coordinates reach.

use super::*;
use crate::activation::examples;
use crate::initial::Initial;
use crate::problem::Bath;

fn blocks() -> Problem {
    let data = BlockClasses::anisotropic(64, 16, 0.4).expect("valid");
    let weights = Initial::Gaussian { scale: 0.8 };
    Problem::two_layer(data, examples::figure_1(), weights).expect("fits")
}

#[test]
fn several_radii_are_reduced_for_any_loss() {
    for loss in Loss::ALL {
        let reduced = blocks().with_loss(loss).reduced(DimensionLimit::Finite, 1e-2).expect("converges");
        let allowed = if loss.is_smooth() { 1e-2 } else { f64::INFINITY };
        assert!(reduced.terms() > 1 && reduced.truncation() < allowed, "{loss:?}");
        let Reduced::Radii(reduction) = reduced else { panic!("two radii") };
        let is_of_outputs = matches!(reduction.landscape.inner(), BlockLandscape::Outputs(_));
        assert_eq!(is_of_outputs, loss != Loss::Squared);
    }
}

#[test]
fn a_bath_that_holds_more_loosely_reaches_further() {
    let extent = |bath: Bath| match blocks().with_bath(bath).reduced(DimensionLimit::Finite, 1e-2) {
        Ok(Reduced::Radii(reduction)) => reduction.extent,
        other => panic!("{other:?}"),
    };
    assert_eq!(extent(Bath { temperature: 0.04, ridge: 0.01 })[0], 2.0 * (4.0 + FAR));
    assert_eq!(extent(Bath::default())[0], 4.0 + FAR);
}
