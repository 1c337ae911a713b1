//! Whether a launcher of ranks started this process: what the environment says of it, and joining the others.
//! A program without MPI notices that it is one of many, in place of doing everything as often.

use crate::launch_error::LaunchError;
use crate::ranks::Ranks;

/// Variables in which launchers state how many processes they started: Open MPI; MPICH and Intel MPI;
/// MVAPICH; srun, whatever the MPI.
const COUNTS: [&str; 4] = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS"];

/// The ranks that a launcher started, this process being one of them; none where it is alone.
///
/// # Errors
/// [`LaunchError`], where there are others and they cannot be joined.
pub fn join() -> Result<Option<Box<dyn Ranks>>, LaunchError> {
    match stated(|name| std::env::var(name).ok()) {
        Some((variable, count)) => join_all(variable, count).map(Some),
        None => Ok(None),
    }
}

#[cfg(feature = "linked")]
fn join_all(_: &'static str, count: usize) -> Result<Box<dyn Ranks>, LaunchError> {
    Ok(Box::new(crate::world::World::join(count)?))
}

#[cfg(not(feature = "linked"))]
fn join_all(variable: &'static str, count: usize) -> Result<Box<dyn Ranks>, LaunchError> {
    Err(LaunchError::Unlinked { count, variable })
}

/// The variable that states more than one process, and how many.
fn stated(look_up: impl Fn(&str) -> Option<String>) -> Option<(&'static str, usize)> {
    let stated = COUNTS.into_iter().filter_map(|name| Some((name, look_up(name)?.trim().parse().ok()?)));
    stated.max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an environment of one variable states.
    fn states(name: &str, value: &str) -> Option<(&'static str, usize)> {
        stated(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn launchers_are_noticed_where_they_started_more_than_one() {
        assert_eq!(states("OMPI_COMM_WORLD_SIZE", "8"), Some(("OMPI_COMM_WORLD_SIZE", 8)));
        assert_eq!(states("SLURM_STEP_NUM_TASKS", "2"), Some(("SLURM_STEP_NUM_TASKS", 2)));
        for alone in ["1", "0", "", "-3", "many"] {
            assert_eq!(states("PMI_SIZE", alone), None, "{alone}");
        }
        assert_eq!(states("HOME", "8"), None);
    }

    #[test]
    fn mpirun_inside_a_step_of_one_task_counts_for_more() {
        let found = stated(|name| match name {
            "SLURM_STEP_NUM_TASKS" => Some("1".to_owned()),
            "OMPI_COMM_WORLD_SIZE" => Some("4".to_owned()),
            _ => None,
        });
        assert_eq!(found, Some(("OMPI_COMM_WORLD_SIZE", 4)));
    }
}
