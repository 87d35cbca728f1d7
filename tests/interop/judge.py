#!/usr/bin/env python3
"""Repositories good and evil, written by python-tuf, judged by python-tuf's own client and by the helper's.

    judge.py PROBE                  all cases; one JSON object on standard output
    judge.py read MIRROR TARGET     python-tuf updates from a mirror folder and downloads one target
    judge.py write MIRROR TARGET CUSTOM FILE
                                    python-tuf writes a mirror folder with one target and what is said about it

PROBE is the helper's command-line client (src-tauri/machine/examples/tuf_probe.rs). A case begins with a PC that accepted
version 1, changes the repository, and asks both clients for the target. Needs the package `tuf`.
"""

import copy
import functools
import http.server
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import DownloadError, RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Signature, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer
from tuf.ngclient import Updater
from tuf.ngclient.config import UpdaterConfig

NOW = datetime.now(timezone.utc).replace(microsecond=0)
TARGET = "quicksupport/linux-x86_64/1/module.tar.gz"
BODY = b"module, version 1\n" * 1000
CUSTOM = {"module": "quicksupport", "version": "1", "rank": 1, "rollout": {"basis_points": 10000, "salt": "s"}, "원격": ["지원", 1]}
ROLES = ["root", "targets", "snapshot", "timestamp"]


class Repository:
    """A repository in a folder, in the hospital profile: root and targets 2 of 3, one online key."""

    def __init__(self, folder, name=TARGET, body=BODY, custom=CUSTOM):
        self.folder = Path(folder)
        (self.folder / "metadata").mkdir(parents=True)
        (self.folder / "targets").mkdir()
        self.online = CryptoSigner.generate_ed25519()
        self.keys = {
            "root": [CryptoSigner.generate_ed25519() for _ in range(3)],
            "targets": [CryptoSigner.generate_ed25519() for _ in range(3)],
            "snapshot": [self.online],
            "timestamp": [self.online],
        }
        expires = {role: NOW + timedelta(days=days) for role, days in zip(ROLES, [730, 180, 30, 7])}
        self.root = Root(expires=expires["root"], consistent_snapshot=True)
        for role in ROLES:
            for key in self.keys[role]:
                self.root.add_key(key.public_key, role)
            self.root.roles[role].threshold = 2 if role in ("root", "targets") else 1
        self.targets = Targets(expires=expires["targets"])
        self.snapshot = Snapshot(expires=expires["snapshot"])
        self.timestamp = Timestamp(expires=expires["timestamp"])
        self.add(name, body, custom)
        self.put_root()
        self.publish()
        self.trusted = (self.folder / "metadata/1.root.json").read_bytes()

    def path(self, name):
        return self.folder / "metadata" / name

    def add(self, name, body, custom):
        target = TargetFile.from_data(name, body, ["sha256"])
        target.unrecognized_fields["custom"] = custom
        self.targets.targets[name] = target
        for path in target.get_prefixed_paths():
            file = self.folder / "targets" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)

    def signed(self, role, keys):
        metadata = Metadata(copy.deepcopy(role))
        for key in keys:
            metadata.sign(key, append=True)
        return metadata

    def put(self, name, metadata):
        data = metadata if isinstance(metadata, bytes) else metadata.to_bytes(JSONSerializer())
        self.path(name).write_bytes(data)
        return data

    def put_root(self, keys=None, name=None):
        keys = self.keys["root"][:2] if keys is None else keys
        self.put(name or f"{self.root.version}.root.json", self.signed(self.root, keys))

    def rotate(self, role=None, keys=None):
        """The next root, with another key for a role if one is named, signed by old and new keys."""
        old = list(self.keys["root"])
        self.root.version += 1
        if role:
            roles = ["snapshot", "timestamp"] if role == "online" else [role]
            fresh = [CryptoSigner.generate_ed25519() for _ in self.keys[roles[0]]]
            for name in roles:
                for key in list(self.root.roles[name].keyids):
                    self.root.revoke_key(key, name)
                for key in fresh:
                    self.root.add_key(key.public_key, name)
                self.keys[name] = fresh
        both = old[:2] + [key for key in self.keys["root"][:2] if key not in old]
        self.put_root(both if keys is None else keys(old, self.keys["root"]))

    def put_targets(self, keys=None):
        return self.put(f"{self.targets.version}.targets.json", self.signed(self.targets, keys or self.keys["targets"][:2]))

    def put_snapshot(self, keys=None, targets=None):
        if targets is not None:
            self.snapshot.meta["targets.json"] = MetaFile.from_data(self.targets.version, targets, ["sha256"])
        return self.put(f"{self.snapshot.version}.snapshot.json", self.signed(self.snapshot, keys or self.keys["snapshot"]))

    def put_timestamp(self, keys=None, snapshot=None):
        if snapshot is not None:
            self.timestamp.snapshot_meta = MetaFile.from_data(self.snapshot.version, snapshot, ["sha256"])
        return self.put("timestamp.json", self.signed(self.timestamp, keys or self.keys["timestamp"]))

    def publish(self):
        self.put_timestamp(snapshot=self.put_snapshot(targets=self.put_targets()))

    def bump(self, *roles):
        for role in roles or ("targets", "snapshot", "timestamp"):
            getattr(self, role).version += 1

    def next(self):
        self.bump()
        self.publish()


CASES = {}


def case(accepted, name=None):
    def add(function):
        CASES[name or function.__name__] = (accepted, function)
        return function
    return add


def both(*roles):
    return lambda function: [case(False, f"{function.__name__}_{role}")(functools.partial(function, role=role)) for role in roles]


# --- good ones
@case(True)
def nothing_new(repo): pass
@case(True)
def next_version(repo): repo.next()
@case(True)
def new_root(repo): repo.rotate(); repo.next()
@case(True)
def new_root_keys(repo): repo.rotate("root"); repo.rotate("root"); repo.next()
@case(True)
def new_online_key(repo): repo.rotate("online"); repo.next()
@case(True)
def new_targets_keys(repo): repo.rotate("targets"); repo.next()
@case(True)
def forty_roots(repo):
    for number in range(40):
        repo.rotate([None, "root", "online", "targets"][number % 4])
    repo.next()
@case(True)
def all_keys_sign(repo):
    repo.bump(); repo.put_timestamp(snapshot=repo.put_snapshot(targets=repo.put_targets(repo.keys["targets"])))
@case(True)
def a_foreign_signature_beside_the_good_ones(repo):
    repo.bump(); stranger = CryptoSigner.generate_ed25519()
    repo.put_timestamp(snapshot=repo.put_snapshot(targets=repo.put_targets(repo.keys["targets"][:2] + [stranger])))
@case(True)
def metadata_without_hashes(repo):
    repo.bump(); repo.put_targets(); repo.snapshot.meta["targets.json"] = MetaFile(repo.targets.version)
    repo.put_snapshot(); repo.timestamp.snapshot_meta = MetaFile(repo.snapshot.version); repo.put_timestamp()
@case(True)
def unknown_fields(repo):
    repo.bump()
    for role in (repo.targets, repo.snapshot, repo.timestamp):
        role.unrecognized_fields["x-hospital"] = {"deep": ["가", 1, None]}
    repo.publish()
@case(True)
def fast_forward_undone_by_a_new_online_key(repo):
    repo.timestamp.version = 2; repo.rotate("online"); repo.publish()
@case(False)
def fast_forward_not_undone_without_a_new_key(repo):
    repo.timestamp.version = 2; repo.rotate("root"); repo.publish()


# --- signatures
@both("targets", "snapshot", "timestamp")
def signed_by_strangers(repo, role):
    strangers = [CryptoSigner.generate_ed25519(), CryptoSigner.generate_ed25519()]
    repo.bump(); keys = {role: strangers}
    repo.put_timestamp(keys.get("timestamp"), repo.put_snapshot(keys.get("snapshot"), repo.put_targets(keys.get("targets"))))
@both("targets", "snapshot", "timestamp")
def signed_by_the_role_beside_it(repo, role):
    wrong = {"targets": [repo.online], "snapshot": repo.keys["targets"], "timestamp": repo.keys["root"]}
    repo.bump(); keys = {role: wrong[role]}
    repo.put_timestamp(keys.get("timestamp"), repo.put_snapshot(keys.get("snapshot"), repo.put_targets(keys.get("targets"))))
@both("targets", "snapshot", "timestamp")
def not_signed(repo, role):
    repo.bump(); repo.publish()
    name = "timestamp.json" if role == "timestamp" else f"{getattr(repo, role).version}.{role}.json"
    document = json.loads(repo.path(name).read_text()); document["signatures"] = []
    data = json.dumps(document).encode(); repo.put(name, data)
    if role == "targets": data = repo.put_snapshot(targets=data)
    if role != "timestamp": repo.put_timestamp(snapshot=data)
@case(False)
def one_of_two_targets_signatures(repo):
    repo.bump(); repo.put_timestamp(snapshot=repo.put_snapshot(targets=repo.put_targets(repo.keys["targets"][:1])))
@case(False)
def one_targets_key_signs_twice(repo):
    repo.bump(); repo.put_targets(repo.keys["targets"][:1]); name = f"{repo.targets.version}.targets.json"
    document = json.loads(repo.path(name).read_text()); document["signatures"] *= 2
    repo.put_timestamp(snapshot=repo.put_snapshot(targets=repo.put(name, json.dumps(document).encode())))
@case(False)
def one_targets_key_signs_under_two_ids(repo):
    repo.bump(); repo.put_targets(repo.keys["targets"][:1]); name = f"{repo.targets.version}.targets.json"
    document = json.loads(repo.path(name).read_text())
    document["signatures"].append(dict(document["signatures"][0], keyid=repo.keys["targets"][1].public_key.keyid))
    repo.put_timestamp(snapshot=repo.put_snapshot(targets=repo.put(name, json.dumps(document).encode())))
@both("targets", "snapshot", "timestamp")
def changed_after_signing(repo, role):
    repo.next(); name = "timestamp.json" if role == "timestamp" else f"{getattr(repo, role).version}.{role}.json"
    document = json.loads(repo.path(name).read_text()); document["signed"]["x"] = 1; repo.put(name, json.dumps(document).encode())


# --- roots
@case(False)
def root_signed_by_new_keys_only(repo): repo.rotate("root", lambda old, new: new[:2]); repo.next()
@case(False)
def root_signed_by_old_keys_only(repo): repo.rotate("root", lambda old, new: old[:2]); repo.next()
@case(False)
def root_signed_by_one_of_three(repo): repo.rotate(None, lambda old, new: old[:1]); repo.next()
@case(False)
def root_not_signed(repo): repo.rotate(None, lambda old, new: []); repo.next()
@case(False)
def root_with_the_version_before(repo): repo.put_root(name="2.root.json"); repo.next()
@case(False)
def root_that_skips_a_version(repo): repo.root.version = 3; repo.put_root(name="2.root.json"); repo.next()
@case(False)
def root_missing_in_the_chain(repo): repo.rotate("online"); repo.rotate("online"); repo.path("2.root.json").unlink(); repo.next()
@case(False)
def root_expired(repo): repo.root.expires = NOW - timedelta(days=1); repo.rotate(); repo.next()
@case(True)
def root_expired_in_the_middle_of_the_chain(repo):
    later = repo.root.expires; repo.root.expires = NOW - timedelta(days=1); repo.rotate(); repo.root.expires = later; repo.rotate(); repo.next()
@case(False)
def root_is_no_json(repo): repo.put("2.root.json", b"{"); repo.next()
@case(False)
def root_is_endless(repo): repo.put("2.root.json", b"{" + b" " * 600_000 + b"}"); repo.next()
@case(False)
def root_is_a_timestamp(repo): shutil.copy(repo.path("timestamp.json"), repo.path("2.root.json"))


# --- rollback, freeze, mix and match (the PC has version 1; it saw version 2 before these)
@both("targets", "snapshot", "timestamp")
def rollback(repo, role):
    if role == "timestamp":
        repo.timestamp.version -= 1; repo.put_timestamp()
    elif role == "snapshot":
        repo.timestamp.version += 1; repo.snapshot.version -= 1; repo.publish()
    else:
        repo.bump("snapshot", "timestamp"); repo.targets.version -= 1; repo.publish()
@both("targets", "snapshot", "timestamp")
def expired(repo, role):
    getattr(repo, role).expires = NOW - timedelta(seconds=5); repo.next()
@case(False)
def snapshot_forgets_targets(repo):
    repo.bump("snapshot", "timestamp"); del repo.snapshot.meta["targets.json"]; repo.put_timestamp(snapshot=repo.put_snapshot())
@case(False)
def another_snapshot_of_the_same_version(repo):
    repo.bump(); good = repo.put_snapshot(targets=repo.put_targets()); repo.put_timestamp(snapshot=good)
    repo.snapshot.unrecognized_fields["x"] = 1; repo.put_snapshot()
@case(False)
def targets_of_another_version_in_its_place(repo):
    repo.next(); shutil.copy(repo.path("1.targets.json"), repo.path("2.targets.json"))
@case(False)
def snapshot_of_another_version_in_its_place(repo):
    repo.next(); shutil.copy(repo.path("1.snapshot.json"), repo.path("2.snapshot.json"))
@case(False)
def targets_as_snapshot(repo):
    repo.next(); shutil.copy(repo.path("2.targets.json"), repo.path("2.snapshot.json"))
@case(False)
def wrong_version_named_by_the_timestamp(repo):
    repo.bump(); data = repo.put_snapshot(targets=repo.put_targets()); repo.put("3.snapshot.json", data)
    repo.timestamp.snapshot_meta = MetaFile.from_data(3, data, ["sha256"]); repo.put_timestamp()


# --- missing, endless, nonsense
@both("2.snapshot.json", "2.targets.json", "timestamp.json")
def missing(repo, role): repo.next(); repo.path(role).unlink()
@both("2.snapshot.json", "2.targets.json", "timestamp.json")
def endless(repo, role): repo.next(); repo.put(role, repo.path(role).read_bytes() + b" " * 6_000_000)
@both("2.snapshot.json", "2.targets.json", "timestamp.json")
def nonsense(repo, role): repo.next(); repo.put(role, b"\xff\xfe{}")
@case(False)
def specification_2(repo):
    repo.bump(); repo.publish(); document = json.loads(repo.path("timestamp.json").read_text()); document["signed"]["spec_version"] = "2.0.0"
    document["signatures"] = []; metadata = json.dumps(document).encode(); repo.put("timestamp.json", metadata)


# --- the target itself
def package(repo): return repo.folder / "targets" / repo.targets.targets[TARGET].get_prefixed_paths()[0]
@case(False)
def target_changed(repo): repo.fresh = True; package(repo).write_bytes(BODY[:-1] + b"!")
@case(False)
def target_cut(repo): repo.fresh = True; package(repo).write_bytes(BODY[:-1])
@case(False)
def target_longer(repo): repo.fresh = True; package(repo).write_bytes(BODY + b"!")
@case(False)
def target_missing(repo): repo.fresh = True; package(repo).unlink()
@case(False)
def target_not_listed(repo): repo.fresh = True; del repo.targets.targets[TARGET]; repo.next()


def python_verdict(home, address, trusted, first):
    (home / "metadata").mkdir(exist_ok=True); (home / "targets").mkdir(exist_ok=True)
    try:
        config = UpdaterConfig(max_root_rotations=1024)
        updater = Updater(str(home / "metadata"), f"{address}/metadata/", str(home / "targets"), f"{address}/targets/",
                          config=config, bootstrap=trusted if first else None)
        updater.refresh()
        info = updater.get_targetinfo(TARGET)
        if info is None:
            return False, "not listed"
        path = updater.download_target(info)
        return Path(path).read_bytes() == BODY and info.custom == CUSTOM, ""
    except (RepositoryError, DownloadError, ValueError) as error:
        return False, f"{type(error).__name__}: {error}"


def probe_verdict(probe, home, address, trusted, first):
    (home / "metadata").mkdir(exist_ok=True); (home / "targets").mkdir(exist_ok=True)
    words = [probe, "--metadata-dir", home / "metadata"]
    if first:
        (home / "root.json").write_bytes(trusted)
        subprocess.run([*words, "init", home / "root.json"], check=True)
    words += ["--metadata-url", f"{address}/metadata", "--target-name", TARGET, "--target-base-url", f"{address}/targets",
              "--target-dir", home / "targets", "download"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    if done.returncode not in (0, 1):
        raise SystemExit(f"the probe ended with {done.returncode}: {done.stderr}")
    files = [file.read_bytes() for file in (home / "targets").iterdir()]
    return done.returncode == 0 and files == [BODY], done.stderr.strip().splitlines()[-1] if done.stderr else ""


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A client that has had enough hangs up: that is its right."""


class Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass


def serve(folder):
    server = Server(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


def judge(probe, base, address, name):
    accepted, attack = CASES[name]
    repo = Repository(base / name / "repo")
    address = f"{address}/{name}/repo"
    homes = {}
    for client in ("python", "helper"):
        homes[client] = base / name / client
        homes[client].mkdir()

    def ask(first):
        helper = probe_verdict(probe, homes["helper"], address, repo.trusted, first)
        python = python_verdict(homes["python"], address, repo.trusted, first)
        return python, helper

    for verdict in ask(True):
        if not verdict[0]:
            raise SystemExit(f"{name}: version 1 was not accepted: {verdict}")
    if name.startswith("rollback"):
        repo.next()
        ask(False)
    if name.startswith("fast_forward"):
        # A thief of the online key: both clients follow.
        repo.timestamp.version = 10**6
        repo.put_timestamp()
        ask(False)
    attack(repo)
    if getattr(repo, "fresh", False):
        # A target that is there already is not fetched again.
        for home in homes.values():
            shutil.rmtree(home / "targets")
    python, helper = ask(False)
    return {"name": name, "expected": accepted, "python": python[0], "helper": helper[0], "why": [python[1], helper[1]]}


def download(mirror, target):
    """python-tuf updates from a mirror folder that somebody else wrote."""
    server, address = serve(mirror)
    with tempfile.TemporaryDirectory() as home:
        updater = Updater(home, f"{address}/metadata/", home, f"{address}/targets/",
                          bootstrap=(Path(mirror) / "metadata/1.root.json").read_bytes())
        updater.refresh()
        info = updater.get_targetinfo(target)
        body = Path(updater.download_target(info)).read_bytes()
        print(json.dumps({"length": len(body), "sha256": info.hashes["sha256"], "custom": info.custom}))
    server.shutdown()


def main():
    if sys.argv[1] == "read":
        return download(sys.argv[2], sys.argv[3])
    if sys.argv[1] == "write":
        mirror, name, custom, file = sys.argv[2:]
        Repository(mirror, name, Path(file).read_bytes(), json.loads(custom))
        return None
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        server, address = serve(base)
        verdicts = [judge(sys.argv[1], base, address, name) for name in CASES]
        server.shutdown()
    print(json.dumps({"cases": verdicts}))
    return None


if __name__ == "__main__":
    main()
