//! The law at t = 0 as atoms: Gauss nodes of the normal deviates that each part of the start is the image of.
//! Nothing moves here.

use meanfield_model::problem::Problem;
use meanfield_model::quadrature::{self, NotConverged};

/// The start at Gauss nodes of its normal deviates, coordinate by coordinate, and their weights.
pub fn atoms(problem: &Problem, along: usize) -> Result<(Vec<f64>, Vec<f64>), NotConverged> {
    let rule = quadrature::gauss(along, |_| 0.0, |k| (k as f64).sqrt())?;
    let count = problem.starts().len();
    let mut points: Vec<(Vec<f64>, f64)> = Vec::new();
    for part in problem.joint_start().parts() {
        for (deviates, weight) in products(&rule, part.normals()) {
            let mut point = vec![0.0; count];
            part.place(&deviates, &mut point);
            points.push((point, part.weight * weight));
        }
    }
    let positions = (0..count).flat_map(|k| points.iter().map(move |(point, _)| point[k]));
    let total: f64 = points.iter().map(|(_, weight)| weight).sum();
    Ok((positions.collect(), points.iter().map(|(_, weight)| weight / total).collect()))
}

/// Every tuple of so many nodes of a rule, and the product of their weights.
fn products(rule: &[(f64, f64)], count: usize) -> Vec<(Vec<f64>, f64)> {
    let mut all = vec![(Vec::new(), 1.0)];
    for _ in 0..count {
        all = all.iter().flat_map(|tuple| rule.iter().map(move |node| extended(tuple, *node))).collect();
    }
    all
}

/// A tuple with one node more.
fn extended((tuple, weight): &(Vec<f64>, f64), (node, share): (f64, f64)) -> (Vec<f64>, f64) {
    let mut more = tuple.clone();
    more.push(node);
    (more, weight * share)
}
