//! A long line in a box: two network namespaces, and between them a relay that delays, drops and limits packets.
//!
//! Both ends are the kernel's own TCP over TUN devices; only the line is modelled. It needs the right to make network
//! namespaces and iproute2. Addresses are those kept for documentation (RFC 5737).

use std::collections::VecDeque;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::net::sockopt::{set_tcp_congestion, tcp_congestion};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tun_rs::{DeviceBuilder, InterruptEvent, SyncDevice};

use crate::error::Doing;
use crate::{Result, WorldError};

/// The server's address inside.
pub const SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const CLIENT: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);
/// Larger than any packet of a device with the usual 1,500 bytes.
const PACKET: usize = 2_048;

/// What the line is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineProfile {
    /// There and back, without queues.
    pub round_trip: Duration,
    /// Bits a second, each way.
    pub bits_per_second: u64,
    /// The part of the packets from the server that are lost, each for itself; 0 to 1.
    pub loss: f64,
    /// Bytes that wait where the line begins; more are dropped.
    pub queue: u64,
    /// The beginning of the row of random numbers.
    pub seed: u64,
}

impl LineProfile {
    /// Half around the world: 250 ms, 20 Mbit/s, 1 % loss on the way to the client, a queue of one round trip.
    pub fn far(seed: u64) -> Self {
        Self::with(250, 20_000_000, 0.01, seed)
    }

    /// A line of so many milliseconds and bits a second, with a queue of one round trip and at least 64 kB.
    pub fn with(milliseconds: u64, bits_per_second: u64, loss: f64, seed: u64) -> Self {
        let queue = (bits_per_second / 8 * milliseconds / 1_000).max(64_000);
        Self { round_trip: Duration::from_millis(milliseconds), bits_per_second, loss, queue, seed }
    }
}

/// The line. It ends, with its namespaces, when it is dropped.
pub struct Line {
    names: [String; 2],
    event: Arc<InterruptEvent>,
    ways: Vec<Arc<Way>>,
    threads: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line").field("names", &self.names).finish_non_exhaustive()
    }
}

impl Line {
    /// Lays a line.
    ///
    /// # Errors
    /// When namespaces or devices cannot be made here.
    pub fn lay(profile: LineProfile) -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = |end: &str| format!("hl{}n{number}{end}", std::process::id());
        let event = Arc::new(InterruptEvent::new().doing(|| "making an event".into())?);
        let mut line = Self { names: [name("s"), name("c")], event, ways: Vec::new(), threads: Vec::new() };
        let server = line.end(0, SERVER)?;
        let client = line.end(1, CLIENT)?;
        line.carry(&server, &client, profile, profile.loss)?;
        line.carry(&client, &server, profile, 0.0)?;
        Ok(line)
    }

    /// A listening socket at the server's end with this congestion control (`cubic`, `bbr`).
    ///
    /// # Errors
    /// When the kernel has not got it.
    pub fn listen(&self, congestion: &str) -> Result<TcpListener> {
        let listener =
            self.inside(0, || TcpListener::bind(SocketAddrV4::new(SERVER, 0)))?.doing(|| "listening".into())?;
        set_tcp_congestion(&listener, congestion)
            .map_err(|error| WorldError::other("setting congestion control", error))?;
        Ok(listener)
    }

    /// Does work on a thread at the client's end; threads that it starts are there too.
    ///
    /// # Errors
    /// When the namespace cannot be entered.
    pub fn at_client<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T> {
        self.inside(1, work)
    }

    /// A program to be started at the client's end.
    pub fn client_command(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.names[1], program]);
        command
    }

    /// Bytes of packets that have come out at the client's end.
    pub fn delivered(&self) -> u64 {
        self.ways.first().map_or(0, |way| way.delivered.load(Ordering::Relaxed))
    }

    fn inside<T: Send>(&self, end: usize, work: impl FnOnce() -> T + Send) -> Result<T> {
        let path = format!("/run/netns/{}", self.names[end]);
        let space = File::open(&path).doing(|| format!("opening {path}"))?;
        let entered = thread::scope(|scope| {
            let inner = scope.spawn(|| {
                move_into_link_name_space(std::os::fd::AsFd::as_fd(&space), Some(LinkNameSpaceType::Network))
                    .map(|()| work())
            });
            inner.join().map_err(|_| WorldError::Other("the work at the line's end panicked".into()))
        })?;
        entered.map_err(|error| WorldError::other("entering a namespace", error))
    }

    fn end(&self, end: usize, address: Ipv4Addr) -> Result<Arc<SyncDevice>> {
        let name = &self.names[end];
        let device =
            DeviceBuilder::new().name(name).enable(false).build_sync().doing(|| format!("making the device {name}"))?;
        ip(&["netns", "add", name])?;
        ip(&["link", "set", name, "netns", name])?;
        ip(&["-n", name, "addr", "add", &format!("{address}/24"), "dev", name])?;
        ip(&["-n", name, "link", "set", name, "up"])?;
        ip(&["-n", name, "link", "set", "lo", "up"])?;
        Ok(Arc::new(device))
    }

    fn carry(&mut self, from: &Arc<SyncDevice>, to: &Arc<SyncDevice>, profile: LineProfile, loss: f64) -> Result<()> {
        let way = Arc::new(Way::default());
        self.ways.push(Arc::clone(&way));
        let (device, queue, event) = (Arc::clone(from), Arc::clone(&way), Arc::clone(&self.event));
        let enters = move || take_in(&device, &event, &queue, profile, loss);
        let device = Arc::clone(to);
        let leaves = move || hand_out(&device, &way);
        for work in [Box::new(enters) as Box<dyn FnOnce() + Send>, Box::new(leaves)] {
            let thread = thread::Builder::new().name("line".into()).spawn(work);
            self.threads.push(thread.doing(|| "starting a thread".into())?);
        }
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // A destructor has nobody to tell: what cannot be taken down goes with the machine.
        let _ = self.event.trigger();
        for way in &self.ways {
            way.close();
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        for name in &self.names {
            let _ = ip(&["netns", "del", name]);
        }
    }
}

/// The congestion control of a socket, as the kernel names it.
///
/// # Errors
/// When it is no TCP socket.
pub fn congestion_of(listener: &TcpListener) -> Result<String> {
    tcp_congestion(listener).map_err(|error| WorldError::other("asking for congestion control", error))
}

fn ip(words: &[&str]) -> Result<()> {
    let done = Command::new("ip").args(words).stdin(Stdio::null()).output().doing(|| format!("ip {words:?}"))?;
    if done.status.success() {
        return Ok(());
    }
    Err(WorldError::Other(format!("ip {words:?}: {}", String::from_utf8_lossy(&done.stderr).trim())))
}

/// When each packet comes out.
#[derive(Debug, Default)]
struct Underway {
    packets: VecDeque<(Instant, Vec<u8>)>,
    is_over: bool,
}

/// Packets on their way in one direction.
#[derive(Debug, Default)]
struct Way {
    packets: Mutex<Underway>,
    changed: Condvar,
    delivered: AtomicU64,
}

impl Way {
    fn put(&self, at: Instant, packet: Vec<u8>) {
        self.packets.lock().unwrap_or_else(PoisonError::into_inner).packets.push_back((at, packet));
        self.changed.notify_one();
    }

    /// The next packet when its time has come; nothing when the line ends.
    fn next(&self) -> Option<Vec<u8>> {
        let mut held = self.packets.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if held.is_over {
                return None;
            }
            let Some((at, _)) = held.packets.front() else {
                held = self.changed.wait(held).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = at.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return held.packets.pop_front().map(|(_, packet)| packet);
            }
            held = self.changed.wait_timeout(held, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn close(&self) {
        self.packets.lock().unwrap_or_else(PoisonError::into_inner).is_over = true;
        self.changed.notify_all();
    }
}

/// The beginning of a way: loss, rate and queue.
fn take_in(device: &SyncDevice, event: &InterruptEvent, way: &Way, profile: LineProfile, loss: f64) {
    let mut random = Random(profile.seed);
    let mut buffer = vec![0; PACKET];
    let mut free_at = Instant::now();
    let rate = profile.bits_per_second.max(1);
    let time_of = |bytes: u64| Duration::from_nanos(bytes.saturating_mul(8_000_000_000) / rate);
    // It ends with an error when the line is taken up.
    while let Ok(length) = device.recv_intr(&mut buffer, event) {
        let Some(packet) = buffer.get(..length) else { return };
        let now = Instant::now();
        free_at = free_at.max(now);
        if free_at - now > time_of(profile.queue) {
            continue;
        }
        free_at += time_of(length as u64);
        // What is lost is lost on the way: it has used the line.
        if random.next() < loss {
            continue;
        }
        way.put(free_at + profile.round_trip / 2, packet.to_vec());
    }
}

fn hand_out(device: &SyncDevice, way: &Way) {
    while let Some(packet) = way.next() {
        way.delivered.fetch_add(packet.len() as u64, Ordering::Relaxed);
        // A device that is not up yet loses packets, as a cable that is not in.
        let _ = device.send(&packet);
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same row for the same seed, whatever library is used elsewhere.
struct Random(u64);

impl Random {
    /// At least 0, less than 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_percent_is_one_percent() {
        let mut random = Random(7);
        let lost = (0..100_000).filter(|_| random.next() < 0.01).count();
        assert!((900..1_100).contains(&lost), "{lost}");
    }
}
