use std::time::Instant;
use meanfield_deep::residual::limit::*;
use meanfield_deep::residual::gram::*;
use meanfield_deep::residual::flow::*;
use crate::problems::*;
use meanfield_deep::residual::parallel::parallel_inputs;

fn env(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|x| x.parse().ok()).unwrap_or(default)
}

#[test]
#[ignore]
fn explore_limit() {
    let (n, d, depth) = (env("N", 10), env("D", 5), env("DEPTH", 3));
    let problem = problem(n, d, depth);
    eprintln!("{:?}", parallel_inputs(problem.data.inputs().view()));
    let t = Instant::now();
    let grams = LimitGrams::new(&problem.architecture, problem.data.inputs().view(), 1.0, depth.min(4));
    eprintln!("grams {:?}: smallest {:?}", t.elapsed(), grams.matrices().iter().map(|k| spectrum(k)[0]).collect::<Vec<_>>());
    for seed in 0..env("SEEDS", 2) as u64 {
        let mut r = ResidualResolution::default();
        r.paths = env("M", 8192);
        r.groups = env("G", 4);
        r.seed = seed;
        r.tolerance = 10f64.powi(-(env("TOL", 6) as i32));
        r.is_calibrated = env("CAL", 1) == 1;
        let t = Instant::now();
        let mut limit = ResidualLimit::new(problem.clone(), &start(), &r).expect("valid");
        eprintln!("made in {:?}", t.elapsed());
        for time in [0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 7.0, 10.0] {
            limit.advance(time).expect("smooth");
            let loss = limit.loss();
            let ranks: Vec<usize> = limit.flow().paths().pairs.iter().map(|p| p.rank()).collect();
            eprintln!("t {time} L {:.6} ± {:.6} (paths {:.6}, groups {:.5?}) energy {:.1e} rank {:?} evals {} {:?}", loss.value, loss.error, loss.of_paths,
              limit.groups().iter().map(|g| g.loss()).collect::<Vec<_>>(), limit.energy_residual(), ranks, limit.flow().evaluations(), t.elapsed());
        }
    }
}

#[test]
#[ignore]
fn explore_network() {
    let (n, d, depth) = (env("N", 10), env("D", 5), env("DEPTH", 3));
    let problem = problem(n, d, depth);
    for dense in [false, true] {
    let t = Instant::now();
    let drawn = start().network(&problem, env("M", 800), 1);
    eprintln!("drawn {:?}", t.elapsed());
    let t = Instant::now();
    let paths = if dense { drawn.paths.with_matrices() } else { drawn.paths };
    let mut flow = FeatureFlow::new(problem.clone(), paths, 10f64.powi(-(env("TOL", 6) as i32)));
    flow.advance(env("T", 10) as f64).expect("smooth");
    eprintln!("dense {dense} L {:.3e} energy {:.2e} rank {:?} evals {} {:?}", flow.loss(), flow.energy_residual(), flow.paths().pairs[0].rank(), flow.evaluations(), t.elapsed());
    }
}
