//! Ranks that are threads of one process: the twin of MPI's, for tests of what ranks do together.

use std::sync::{Arc, Barrier, Mutex, PoisonError};

use crate::ranks::Ranks;

/// A rank that is a thread.
#[derive(Debug)]
pub struct ThreadRank {
    number: usize,
    meeting: Arc<Meeting>,
}

/// Where the threads meet.
#[derive(Debug)]
struct Meeting {
    all_are_here: Barrier,
    words: Mutex<Vec<u8>>,
    /// What each has for the rank before it, for that after it, and for all.
    numbers: Mutex<Vec<[Vec<f64>; 3]>>,
}

impl ThreadRank {
    /// So many ranks, each to be moved to a thread of its own.
    pub fn crew(count: usize) -> Vec<Self> {
        let meeting = Meeting {
            all_are_here: Barrier::new(count),
            words: Mutex::new(vec![0; count]),
            numbers: Mutex::new(vec![[const { Vec::new() }; 3]; count]),
        };
        let meeting = Arc::new(meeting);
        (0..count).map(|number| Self { number, meeting: Arc::clone(&meeting) }).collect()
    }
}

impl Ranks for ThreadRank {
    fn number(&self) -> usize {
        self.number
    }

    fn count(&self) -> usize {
        self.meeting.words().len()
    }

    fn beside(&self) -> usize {
        self.count()
    }

    fn exchange(&self, word: u8) -> Vec<u8> {
        self.meeting.words()[self.number] = word;
        self.meeting.all_are_here.wait();
        let words = self.meeting.words().clone();
        self.meeting.all_are_here.wait(); // nobody says the next word before all have heard this one
        words
    }

    fn gather(&self, own: &[f64], _: &[usize]) -> Vec<f64> {
        self.hear([Vec::new(), Vec::new(), own.to_vec()], |all| {
            all.iter().flat_map(|[_, _, numbers]| numbers).copied().collect()
        })
    }

    fn gather_to_first(&self, own: &[f64], counts: &[usize]) -> Vec<f64> {
        let all = self.gather(own, counts);
        if self.number == 0 { all } else { Vec::new() }
    }

    fn exchange_beside(&self, [before, after]: [&[f64]; 2], _: [usize; 2]) -> [Vec<f64>; 2] {
        self.hear([before.to_vec(), after.to_vec(), Vec::new()], |all| {
            let number = self.number;
            let from_before = number.checked_sub(1).map(|before| all[before][1].clone());
            let from_after = all.get(number + 1).map(|after| after[0].clone());
            [from_before.unwrap_or_default(), from_after.unwrap_or_default()]
        })
    }

    fn hear_numbers(&self, numbers: Vec<f64>) -> Vec<f64> {
        self.hear([Vec::new(), Vec::new(), numbers], |all| all[0][2].clone())
    }
}

impl ThreadRank {
    /// What one takes from the numbers of all, when each has given its own.
    fn hear<T>(&self, own: [Vec<f64>; 3], take: impl FnOnce(&[[Vec<f64>; 3]]) -> T) -> T {
        self.meeting.numbers()[self.number] = own;
        self.meeting.all_are_here.wait();
        let heard = take(&self.meeting.numbers());
        self.meeting.all_are_here.wait();
        heard
    }
}

impl Meeting {
    fn numbers(&self) -> std::sync::MutexGuard<'_, Vec<[Vec<f64>; 3]>> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn words(&self) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a rank hears in two rounds.
    fn two_rounds(rank: &ThreadRank) -> (Vec<u8>, u8) {
        let number = u8::try_from(rank.number()).expect("few ranks");
        (rank.exchange(number + 1), rank.hear_first(number + 10))
    }

    #[test]
    fn every_rank_hears_all_in_their_order() {
        let heard = std::thread::scope(|scope| {
            let threads: Vec<_> =
                ThreadRank::crew(3).into_iter().map(|rank| scope.spawn(move || two_rounds(&rank))).collect();
            threads.into_iter().map(|thread| thread.join().expect("ends")).collect::<Vec<_>>()
        });
        assert_eq!(heard, vec![(vec![1, 2, 3], 10); 3]);
    }
}
