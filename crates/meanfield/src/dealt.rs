//! Runs that several ranks compute together, each a part of the state: which ones these are, who leads and
//! who follows. How a state is cut is the system's, how ranks talk is `mail`'s.

use meanfield_mpi::Ranks;
use meanfield_run::led::{Followers, Led, follow};
use meanfield_run::peers::Peers;
use meanfield_run::side_by_side::{Ended, Job};
use meanfield_run::system::System;

use crate::error::Error;
use crate::mail::with_peers;

/// Of these runs those that are longer than a rank's share and can be cut are computed by all ranks together:
/// what they came to on the first, which runs them, and the other runs.
pub(crate) fn longest(
    jobs: Vec<Job>,
    ranks: &dyn Ranks,
    threads: usize,
    run: impl FnOnce(Vec<Job>) -> Result<Vec<Ended>, Error> + Send,
) -> Result<(Vec<Ended>, Vec<Job>), Error> {
    let share = jobs.iter().map(|job| job.seconds).sum::<f64>() / ranks.count() as f64;
    with_peers(ranks, |peers| {
        let mut dealt = Vec::new();
        let mut others = Vec::new();
        for mut job in jobs {
            let is_dealt = job.seconds > share && job.system.deal(&peers);
            if is_dealt { dealt.push(job) } else { others.push(job) }
        }
        let ended = match peers.number() {
            _ if dealt.is_empty() => Vec::new(),
            0 => run(led(dealt, &Followers::new(peers)))?,
            _ => {
                followed(dealt, threads, &*peers);
                Vec::new()
            }
        };
        Ok((ended, others))
    })
}

/// The runs as the first rank drives them.
fn led(jobs: Vec<Job>, followers: &Followers) -> Vec<Job> {
    let jobs = jobs.into_iter().enumerate();
    jobs.map(|(number, job)| Job { system: Box::new(Led::new(job.system, followers.clone(), number)), ..job })
        .collect()
}

/// Does this rank's share of the runs, as the first tells it.
fn followed(jobs: Vec<Job>, threads: usize, peers: &dyn Peers) {
    let mut systems: Vec<Box<dyn System>> = jobs.into_iter().map(|job| job.system).collect();
    systems.iter_mut().for_each(|system| system.use_threads(threads));
    follow(&mut systems, peers);
}
