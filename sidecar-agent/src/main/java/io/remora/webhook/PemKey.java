package io.remora.webhook;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a private key from PEM: PKCS#8, RSA's PKCS#1 or EC's SEC 1, not encrypted. Stateless. */
final class PemKey {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final byte SEQUENCE = 0x30;
    private static final byte OCTETS = 0x04;
    private static final byte CONSTRUCTED_0 = (byte) 0xA0;
    private static final byte[] VERSION_0 = {2, 1, 0};
    /** SEQUENCE of the OID rsaEncryption and NULL. */
    private static final byte[] RSA = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    /** OID id-ecPublicKey. */
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private PemKey() {}

    /** @throws GeneralSecurityException if there is no such key; the message says why */
    static PrivateKey read(String pem) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(pem);
        if (!block.find()) {
            throw new InvalidKeyException(
                    pem.contains("ENCRYPTED")
                            ? "the key is encrypted; give it without a password"
                            : "no PEM private key");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException e) {
            throw new InvalidKeyException("the key is no base64", e);
        }
        return switch (block.group(1)) {
            case "PRIVATE KEY" -> any(der);
            case "RSA PRIVATE KEY" -> key("RSA", tagged(SEQUENCE, join(VERSION_0, RSA, tagged(OCTETS, der))));
            case "EC PRIVATE KEY" ->
                key(
                        "EC",
                        tagged(SEQUENCE, join(VERSION_0, tagged(SEQUENCE, join(EC, curve(der))), tagged(OCTETS, der))));
            case "ENCRYPTED PRIVATE KEY" ->
                throw new InvalidKeyException("the key is encrypted; give it without a password");
            default -> throw new InvalidKeyException("a key of the kind '" + block.group(1) + "' cannot be used");
        };
    }

    private static PrivateKey any(byte[] pkcs8) throws GeneralSecurityException {
        for (String algorithm : new String[] {"RSA", "EC", "EdDSA"}) {
            try {
                return key(algorithm, pkcs8);
            } catch (InvalidKeySpecException e) {
                // another one
            }
        }
        throw new InvalidKeyException("the key is neither RSA nor EC nor EdDSA");
    }

    private static PrivateKey key(String algorithm, byte[] pkcs8) throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    /** The OID of the curve: in ECPrivateKey (RFC 5915), after version and key, what is tagged 0. */
    private static byte[] curve(byte[] sec1) throws InvalidKeyException {
        try {
            int at = header(sec1, 0);
            for (int skipped = 0; skipped < 2; skipped++) {
                at = end(sec1, at);
            }
            if (sec1[at] == CONSTRUCTED_0) {
                return Arrays.copyOfRange(sec1, header(sec1, at), end(sec1, at));
            }
        } catch (IndexOutOfBoundsException e) {
            // said below
        }
        throw new InvalidKeyException("the EC key does not name its curve");
    }

    /** Where the content of an element begins. */
    private static int header(byte[] der, int at) {
        return at + 2 + (der[at + 1] < 0 ? der[at + 1] & 0x7f : 0);
    }

    /** Where an element ends. */
    private static int end(byte[] der, int at) {
        int length = der[at + 1];
        if (length < 0) {
            int bytes = length & 0x7f;
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << Byte.SIZE | der[at + 2 + i] & 0xff;
            }
        }
        return Math.addExact(header(der, at), length);
    }

    private static byte[] tagged(byte tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length <= 0xff) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> Byte.SIZE);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
