use std::net::Ipv4Addr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use super::*;

fn address(last: u8) -> Option<IpAddr> {
    Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)))
}

/// What a future has come to, if it has.
fn polled<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

#[tokio::test]
async fn what_does_not_fit_waits_for_what_is_given_back() {
    let budget = Budget::new(100);
    let mut large = budget.room(None, 90).await;
    assert_eq!(budget.taken(), 90);
    let mut waiting = pin!(budget.room(None, 20));
    assert!(polled(waiting.as_mut()).is_none());
    assert!(budget.is_pressed());
    large.shrink_to(10);
    let small = polled(waiting.as_mut()).expect("there is room");
    assert_eq!(budget.taken(), 30);
    assert!(!budget.is_pressed());
    drop((large, small));
    assert_eq!(budget.taken(), 0);
}

#[tokio::test]
async fn a_body_larger_than_the_budget_gets_all_of_it() {
    let budget = Budget::new(100);
    let room = budget.room(None, 1000).await;
    assert_eq!(budget.taken(), 100);
    drop(room);
    assert_eq!(budget.taken(), 0);
}

#[tokio::test]
async fn addresses_take_turns_and_nobody_is_overtaken_by_a_small_wish() {
    let budget = Budget::new(100);
    let mut all = budget.room(None, 100).await;
    let mut flood = [(); 3].map(|()| Box::pin(budget.room(address(1), 40)));
    assert!(flood.iter_mut().all(|wish| polled(wish.as_mut()).is_none()));
    let mut other = pin!(budget.room(address(2), 40));
    assert!(polled(other.as_mut()).is_none());
    assert!(!budget.nothing(address(3)).grow_now(1));
    all.shrink_to(20);
    // Two of forty fit: one for each address.
    let first = polled(flood[0].as_mut()).expect("it came first");
    let second = polled(other.as_mut()).expect("it is its turn");
    assert!(polled(flood[1].as_mut()).is_none());
    drop((first, second, all));
    assert!(polled(flood[1].as_mut()).is_some());
    assert!(polled(flood[2].as_mut()).is_some());
}

#[tokio::test]
async fn holders_that_all_wait_for_more_come_to_an_end_one_by_one() {
    let budget = Budget::new(100);
    let mut holders = [budget.room(address(1), 50).await, budget.room(address(2), 50).await];
    let mut newcomer = pin!(budget.room(address(3), 1));
    assert!(polled(newcomer.as_mut()).is_none());
    let [one, other] = &mut holders;
    assert!(!one.grow_now(60), "it has to go beyond the bound");
    one.grow(60).await;
    assert_eq!(budget.taken(), 160);
    {
        let mut growing = pin!(other.grow(60));
        assert!(polled(growing.as_mut()).is_none(), "one at a time");
        // Who is beyond is not kept waiting again.
        assert!(one.grow_now(10));
        one.shrink_to(0);
        assert!(polled(growing.as_mut()).is_none(), "until the first is done");
    }
    let [one, mut other] = holders;
    drop(one);
    assert!(polled(newcomer.as_mut()).is_some());
    other.grow(60).await;
    assert_eq!(budget.taken(), 110);
}

#[tokio::test]
async fn who_goes_while_waiting_leaves_nothing_behind() {
    let budget = Budget::new(100);
    let all = budget.room(None, 100).await;
    {
        let mut gone = pin!(budget.room(address(1), 10));
        assert!(polled(gone.as_mut()).is_none());
    }
    assert!(!budget.is_pressed());
    {
        let mut granted = Box::pin(budget.room(address(1), 10));
        assert!(polled(granted.as_mut()).is_none());
        drop(all);
        assert_eq!(budget.taken(), 10);
    }
    assert_eq!(budget.taken(), 0);
}
