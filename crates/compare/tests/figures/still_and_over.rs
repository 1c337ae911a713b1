//! Figures of what does not move. How axes and marks look is left to the eye.

use std::fs;
use std::path::Path;

use meanfield_compare::figure::{Content, draw_all};
use meanfield_compare::judge::compare;
use meanfield_run::record::{Curve, Record};
use ndarray::{ArrayD, IxDyn};

use crate::made_up::*;

/// A state that does not move, observed once, beside the usual limit.
fn gibbs(risk: f64) -> Record {
    let mut gibbs = record("gibbs", "landscape", vec![10.0], vec![risk], vec![cells(10.0)]);
    gibbs.snapshot_time = vec![10.0];
    gibbs.curves.push(curve("mean_radius", vec![1.5]));
    gibbs
}

/// Along how many pixels of its longest row a colour runs.
fn longest_row(file: &Path, colour: [u8; 3]) -> usize {
    let pixels = pixels(file);
    let along = |row| (0..pixels.width()).filter(|x| pixels.get_pixel(*x, row).0 == colour).count();
    // legends stand in the uppermost fifth of the page
    (pixels.height() / 5..pixels.height()).map(along).max().unwrap_or(0)
}

/// Pixels of a colour in each of the four panels of a page.
fn in_quarters(file: &Path, colour: [u8; 3]) -> [usize; 4] {
    let pixels = pixels(file);
    let mut counts = [0; 4];
    for (x, y, _) in pixels.enumerate_pixels().filter(|(_, y, pixel)| pixel.0 == colour && *y > 160) {
        let (right, below) = (x > pixels.width() / 2, y > pixels.height() * 11 / 20);
        counts[usize::from(right) + 2 * usize::from(below)] += 1;
    }
    counts
}

const STANDING: [u8; 3] = [204, 121, 167];

#[test]
fn what_does_not_move_is_drawn_at_all_times() {
    let mut pde = limit("pde", "finite-volume", 0.0, cells);
    let means = ArrayD::from_elem(IxDyn(&[times().len()]), 1.2);
    pde.curves.push(Curve { name: "mean_radius".into(), meaning: "m".into(), values: means });
    let records = [gibbs(0.5), pde, sgd(2)];
    let comparison = compare(&records, "pde", &[]).expect("comparable");
    let (_folder, files) = draw(&records, Some(&comparison));
    keep(&files, "standing");
    assert!(longest_row(&files[1], STANDING) > 700, "a dashed line over the whole width");
    assert!(in_quarters(&files[3], STANDING).iter().all(|count| *count > 300), "a curve in every panel");
    let alone = draw(&[gibbs(0.5), records[1].clone()], None);
    assert!(words(&alone.1[0]).iter().any(|word| word == "gibbs (landscape, static)"));
    // an inset, or the panel in its stead, has such a line as well
    let content = Content { inset: Some("mean_radius"), ..content(&records, None) };
    let folder = tempfile::tempdir().expect("folder");
    let files = draw_all(folder.path(), &content).expect("drawn");
    keep(&files, "standing-inset");
    let dashes = |svg: &Path| fs::read_to_string(svg).expect("text").matches("#CC79A7").count();
    assert!(dashes(&files[0]) > dashes(&alone.1[0]) + 5);
}

#[test]
fn the_gap_of_what_does_not_move_is_a_single_mark() {
    let records = [gibbs(0.5), limit("pde", "finite-volume", 0.0, cells)];
    let comparison = compare(&records, "pde", &[]).expect("comparable");
    let dashes = |comparison| {
        let (_folder, files) = draw(&records, comparison);
        fs::read_to_string(&files[0]).expect("text").matches("#CC79A7").count()
    };
    assert_eq!(dashes(Some(&comparison)), dashes(None) + 1);
}

#[test]
fn a_network_observed_once_was_so_only_then() {
    let mut network = gibbs(0.5);
    network.step = Some(vec![100]);
    let (_folder, files) = draw(&[network, limit("pde", "finite-volume", 0.0, cells)], None);
    assert!(longest_row(&files[1], [0, 114, 178]) < 30);
    assert!(!words(&files[0]).iter().any(|word| word.contains("static")));
}
