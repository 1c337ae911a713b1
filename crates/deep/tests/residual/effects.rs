//! What width and step size do to the loss: predicted, and found in many networks.

use meanfield_deep::residual::effects::{EffectResolution, ResidualEffects};
use meanfield_deep::residual::limit::ResidualLimit;
use meanfield_deep::residual::network::ResidualNetwork;
use meanfield_deep::training::Training;

use crate::limit::resolution;
use crate::problems::{problem, start};

#[test]
#[ignore]
fn explore() {
    let problem = problem(8, 4, 3);
    let clock = std::time::Instant::now();
    let mut finely = EffectResolution::default();
    let var = |name: &str, x: usize| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(x);
    finely.paths = var("PATHS", 1024);
    finely.probes = var("PROBES", 64);
    finely.spacing = var("SPACING", 250) as f64 / 1000.0;
    let mut effects = ResidualEffects::new(&problem, &start(), 2.0, finely).expect("valid");
    eprintln!("new {:?}", clock.elapsed());
    let mut said = false;
    while !effects.is_complete() {
        effects.advance().expect("stable");
        if effects.progress().0 >= finely.probes && !said {
            said = true;
            eprintln!("probes {:?}", clock.elapsed());
        }
    }
    eprintln!("all {:?}", clock.elapsed());
    for k in 0..=8 {
        let t = 0.25 * k as f64;
        let e = effects.effect(t).expect("there");
        eprintln!(
            "t {t} L {:.6} b {:.5} v {:.5} vmm {:.5} c {:.5} ({:.5} {:.5}) veps {:.5}",
            e.step.loss, e.width.bias, e.width.variance, e.variance_of_pairs, e.step.bias(1), e.step.descent,
            e.step.noise, e.step.variance
        );
    }
    let state = effects.state();
    let text: Vec<String> = state.reals.iter().map(|x| format!("{x:e}")).collect();
    std::fs::write("/tmp/bands_probes.txt", text.join("\n")).expect("written");
}

#[test]
#[ignore]
fn ensembles() {
    let problem = problem(8, 4, 3);
    let mut limit = ResidualLimit::new(problem.clone(), &start(), &resolution(16384, 4, 0)).expect("valid");
    let times = [0.0, 0.5, 1.0, 1.5, 2.0];
    for t in times {
        limit.advance(t).expect("stable");
        eprintln!("limit {t} {:.6} ± {:.6}", limit.loss().value, limit.loss().error);
    }
    let var = |name: &str, x: usize| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(x);
    let seeds = var("SEEDS", 256);
    for (m, eta) in [(100, 0.0), (400, 0.0), (100, 0.02), (400, 0.02), (400, 0.005), (100, 0.1)] {
        let mut losses = vec![Vec::new(); times.len()];
        for seed in 0..seeds as u64 {
            let drawn = start().network(&problem, m, seed + 1000);
            let training = match eta == 0.0 {
                true => Training::Flow { tolerance: 1e-4 },
                false => Training::OneSample { step_size: eta },
            };
            let mut network = ResidualNetwork::new(problem.clone(), drawn.paths, training, seed).expect("valid");
            for (index, t) in times.iter().enumerate() {
                network.advance(*t).expect("stable");
                losses[index].push(network.loss());
            }
        }
        for (t, l) in times.iter().zip(&losses) {
            let n = l.len() as f64;
            let mean = l.iter().sum::<f64>() / n;
            let var = l.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
            let fourth = l.iter().map(|x| (x - mean).powi(4)).sum::<f64>() / n;
            let se_sd = ((fourth - var * var) / n).sqrt() / (2.0 * var.sqrt());
            eprintln!("m {m} eta {eta} t {t} mean {mean:.6} se {:.6} sd {:.6} se {se_sd:.6}", (var / n).sqrt(), var.sqrt());
        }
    }
}
