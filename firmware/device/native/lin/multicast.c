/* The air of one machine: UDP multicast that leaves by the loopback interface, and by no other. */

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "readable.h"

static int openSocket(struct in_addr group, uint16_t port)
{
	int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1;
	unsigned char hops = 1;
	struct in_addr loopback = {.s_addr = htonl(INADDR_LOOPBACK)};
	struct ip_mreq membership = {.imr_multiaddr = group, .imr_interface = loopback};
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = group};
	if (descriptor < 0)
		return -1;
	/* Bound to the group, so that nothing else sent to the port comes in; every node of the machine binds to it. */
	if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
		setsockopt(descriptor, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof(loopback)) == 0 &&
		setsockopt(descriptor, IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof(hops)) == 0 &&
		bind(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		setsockopt(descriptor, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof(membership)) == 0)
		return descriptor;
	close(descriptor);
	return -1;
}

/* new Multicast(group, port, onReadable) */
void xs_lowguard_multicast(xsMachine *the)
{
	struct in_addr group;
	int descriptor;
	if (inet_pton(AF_INET, xsmcToString(xsArg(0)), &group) != 1)
		xsRangeError("bad multicast address");
	descriptor = openSocket(group, (uint16_t)xsmcToInteger(xsArg(1)));
	if (descriptor < 0)
		xsUnknownError("cannot join the multicast group on the loopback interface");
	readableStart(the, descriptor, &xsArg(2));
}

/* read(into): octets of the next datagram, which may have been longer than there is room; -1 for none. */
void xs_lowguard_multicast_read(xsMachine *the)
{
	Readable readable = readableOf(the);
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferWritable(xsArg(0), &bytes, &length);
	xsmcSetInteger(xsResult, (xsIntegerValue)recv(readable->descriptor, bytes, length, MSG_DONTWAIT));
}

/* write(group, port, bytes, length): whether the datagram was sent. */
void xs_lowguard_multicast_write(xsMachine *the)
{
	Readable readable = readableOf(the);
	struct sockaddr_in address = {.sin_family = AF_INET};
	void *bytes;
	xsUnsignedValue room;
	xsIntegerValue length = xsmcToInteger(xsArg(3));
	address.sin_port = htons((uint16_t)xsmcToInteger(xsArg(1)));
	if (inet_pton(AF_INET, xsmcToString(xsArg(0)), &address.sin_addr) != 1)
		xsRangeError("bad multicast address");
	xsmcGetBufferReadable(xsArg(2), &bytes, &room);
	if (length < 0 || (xsUnsignedValue)length > room)
		xsRangeError("bad length");
	xsmcSetBoolean(xsResult, sendto(readable->descriptor, bytes, (size_t)length, MSG_DONTWAIT,
		(struct sockaddr *)&address, sizeof(address)) == length);
}
