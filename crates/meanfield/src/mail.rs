//! Numbers that threads of this process exchange with other ranks. Only the thread that joined the ranks may
//! talk to them: so it carries the letters of a thread that computes, until that one has ended. What they say
//! is not known here.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use meanfield_mpi::Ranks;
use meanfield_run::peers::Peers;

/// What a thread wants of the ranks.
#[derive(Debug)]
enum Call {
    Gather(Vec<f64>, Vec<usize>),
    GatherToFirst(Vec<f64>, Vec<usize>),
    Exchange([Vec<f64>; 2], [usize; 2]),
    HearFirst(Vec<f64>),
}

/// A call, and where its answer goes: numbers of two ranks, or of all in the first place.
type Letter = (Call, Sender<[Vec<f64>; 2]>);

/// The ranks as a thread sees them.
#[derive(Debug)]
struct Mail {
    number: usize,
    count: usize,
    letters: Sender<Letter>,
}

/// Does work in a thread of its own that may talk to other ranks, which do the like.
pub(crate) fn with_peers<T: Send>(ranks: &dyn Ranks, work: impl FnOnce(Arc<dyn Peers>) -> T + Send) -> T {
    let (letters, inbox) = channel();
    let mail = Mail { number: ranks.number(), count: ranks.count(), letters };
    thread::scope(|scope| {
        let worker = scope.spawn(move || work(Arc::new(mail)));
        carry(ranks, &inbox);
        worker.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Carries letters until nobody is left who may write one.
fn carry(ranks: &dyn Ranks, inbox: &Receiver<Letter>) {
    for (call, answer) in inbox {
        let heard = match call {
            Call::Gather(own, counts) => [ranks.gather(&own, &counts), Vec::new()],
            Call::GatherToFirst(own, counts) => [ranks.gather_to_first(&own, &counts), Vec::new()],
            Call::Exchange([before, after], counts) => ranks.exchange_beside([&before, &after], counts),
            Call::HearFirst(numbers) => [ranks.hear_numbers(numbers), Vec::new()],
        };
        let _ = answer.send(heard); // a thread that panicked waits for none
    }
}

impl Mail {
    /// The answer to a call.
    fn ask(&self, call: Call) -> [Vec<f64>; 2] {
        let (answer, heard) = channel();
        let is_sent = self.letters.send((call, answer)).is_ok();
        assert!(is_sent, "the thread that talks to the ranks has ended");
        heard.recv().expect("every letter is answered")
    }
}

impl Peers for Mail {
    fn number(&self) -> usize {
        self.number
    }

    fn count(&self) -> usize {
        self.count
    }

    fn gather(&self, own: Vec<f64>, counts: &[usize]) -> Vec<f64> {
        let [all, _] = self.ask(Call::Gather(own, counts.to_vec()));
        all
    }

    fn gather_to_first(&self, own: Vec<f64>, counts: &[usize]) -> Vec<f64> {
        let [all, _] = self.ask(Call::GatherToFirst(own, counts.to_vec()));
        all
    }

    fn exchange(&self, own: [Vec<f64>; 2], counts: [usize; 2]) -> [Vec<f64>; 2] {
        self.ask(Call::Exchange(own, counts))
    }

    fn hear_first(&self, numbers: Vec<f64>) -> Vec<f64> {
        let [heard, _] = self.ask(Call::HearFirst(numbers));
        heard
    }
}
