//! Tests of panels: lines are cut at the frame, and what has no place interrupts a curve.

use super::*;
use crate::picture::Shape;
use plotters::style::Color;

fn panel() -> Panel {
    let scale = Scale::linear(0.0, 1.0);
    Panel { left: 0.0, top: 0.0, width: 1.0, height: 1.0, x: scale, y: scale }
}

#[test]
fn lines_are_cut_at_the_frame() {
    let parts = panel().cut(&[(0.2, 0.5), (0.4, -1.5), (0.6, 0.5), (3.0, 0.5)]);
    assert_eq!(parts, [vec![(0.2, 0.5), (0.25, 0.0)], vec![(0.55, 0.0), (0.6, 0.5), (1.0, 0.5)]]);
    assert!(panel().cut(&[(-1.0, -1.0), (2.0, -1.0)]).is_empty());
    assert!(panel().cut(&[(0.5, 0.5)]).is_empty());
}

#[test]
fn what_has_no_place_interrupts_a_curve() {
    let mut page =
        Picture::new(&Default::default(), 1.0, super::super::text::Typeface::bundled().expect("bundled"));
    let points = [(0.0, 0.1), (0.2, 0.1), (0.4, f64::NAN), (0.6, 0.1), (0.8, f64::INFINITY), (0.9, 0.2)];
    panel().curve(&mut page, &points, INK, &[], 1.0);
    let [Shape::Line { points, .. }] = &page.shapes[..] else { panic!("{:?}", page.shapes) };
    assert_eq!(points, &[(0.0, 0.9), (0.2, 0.9)]);
    panel().band(&mut page, &[(0.0, 0.0, 0.1), (0.1, 0.0, f64::NAN), (0.2, 0.0, 0.1)], INK.to_rgba());
    assert_eq!(page.shapes.len(), 1);
}
