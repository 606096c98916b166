/* SPDX-License-Identifier: Apache-2.0 */
/* What JNA finds where jna.boot.library.path leads to another version's native half: it throws a plain java.lang.Error. */
#include <jni.h>

JNIEXPORT jint JNICALL Java_com_sun_jna_Native_sizeof(JNIEnv *env, jclass type, jint what)
{
	(void)env, (void)type, (void)what;
	return sizeof(void *);
}

JNIEXPORT jstring JNICALL Java_com_sun_jna_Native_getNativeVersion(JNIEnv *env, jclass type)
{
	(void)type;
	return (*env)->NewStringUTF(env, "3.4.0");
}

JNIEXPORT jstring JNICALL Java_com_sun_jna_Native_getAPIChecksum(JNIEnv *env, jclass type)
{
	(void)type;
	return (*env)->NewStringUTF(env, "none");
}
