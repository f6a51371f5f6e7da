// Runs in the browser's page, with nothing of the bench around it.
let peer;

/** @returns the browser's answer, its candidates in it */
async function answerOffer(sdp) {
  peer = new RTCPeerConnection();
  peer.ontrack = ({ streams }) => {
    document.querySelector('audio').srcObject = streams[0];
  };
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  await peer.setRemoteDescription({ type: 'offer', sdp });
  for (const track of microphone.getTracks()) peer.addTrack(track, microphone);
  await peer.setLocalDescription(await peer.createAnswer());
  if (peer.iceGatheringState !== 'complete') {
    await new Promise((resolve) => {
      peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && resolve();
    });
  }
  return peer.localDescription.sdp;
}

async function reportOfPeer() {
  const inbound = [...(await peer.getStats()).values()].find(({ type }) => type === 'inbound-rtp');
  return { packetsReceived: inbound.packetsReceived, packetsLost: inbound.packetsLost, jitterMs: inbound.jitter * 1_000, level: inbound.audioLevel };
}
